"""The parts that touch the document: the sheet, the answer, the service worker."""
