"""The report docs/report/README.md: the released model, measured and plotted.

- `style`: colours, fonts and file formats of the plots
- `plots`: one plot for each section
- `sections`: the text of each section, with the figures
- `report`: measure the model, then write all of it
"""
