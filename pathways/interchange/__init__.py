"""The directory as a file, out and in: CSV for people with a spreadsheet, HSDS 3.0 as JSON for other systems.

Both are read into the same rows of texts (`columns.py`), checked cell by cell and compared with what stands there
(`plan.py`). Nothing here writes; `actions/interchange.py` does.
"""
