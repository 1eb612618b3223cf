"""Runs notebooks from end to end; fails if a cell does.

    python notebooks-export/run.py NOTEBOOK...           only runs them
    python notebooks-export/run.py --write NOTEBOOK...   and keeps the outputs in them
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

arguments = sys.argv[1:]
write = "--write" in arguments
for path in (Path(argument) for argument in arguments if argument != "--write"):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client = NotebookClient(notebook, timeout=300, record_timing=False, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code), f"{path}: a cell was not run"
    print(f"{path}: {len(code)} cells ran")
    if write:
        # What depends on the machine is no result.
        notebook.metadata.language_info = {"name": "python"}
        nbformat.write(notebook, path)
