"""The generator of docs/report/README.md, the report on the released model.

- `style`: colours, fonts and file formats of the plots
- `plots`: one plot for each section
- `sections`: the Markdown of each section, with the figures
- `report`: the measurement, and the assembly of the report from sections and plots
"""
