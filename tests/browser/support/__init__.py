"""Helpers of the tests in Chromium.

- `drawing`: draws in the page and waits for the result
- `shared_tab`: a tab with the app's page that tests share
- `site_server`: a server whose responses a test can delay or break
- `documented_host`: a server that sends the headers of docs/hosting.md
- `first_visit`: record a first visit; a server whose page the browser has visited before
- `worker_files`: update the list of files in a built service worker
- `optimisation`: an option that makes Chromium take less processor time
- `request_log`: the requests and Content Security Policy violations of every browser context
- `missing_features`: scripts that change the browser, most by removing or breaking a feature
- `database`: reads the current version of each model from the page's IndexedDB
- `hostile_pictures`: small files of pictures with very many pixels
"""
