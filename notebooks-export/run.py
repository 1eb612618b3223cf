"""Runs notebooks from end to end; fails if a cell does.

    python notebooks-export/run.py NOTEBOOK...           only runs them
    python notebooks-export/run.py --write NOTEBOOK...   and keeps the outputs in them
    python notebooks-export/run.py --says TEXT NOTEBOOK  fails as well if no cell prints TEXT
"""

import argparse
from pathlib import Path

import nbformat
from nbclient import NotebookClient

parser = argparse.ArgumentParser()
parser.add_argument("--write", action="store_true")
parser.add_argument("--says", default="")
parser.add_argument("notebooks", nargs="+", type=Path)
arguments = parser.parse_args()
for path in arguments.notebooks:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client = NotebookClient(notebook, timeout=300, record_timing=False, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code), f"{path}: a cell was not run"
    printed = "".join(output.get("text", "") for cell in code for output in cell.outputs)
    assert arguments.says in printed, f"{path}: expected a cell that prints {arguments.says!r}, found {printed!r}"
    print(f"{path}: {len(code)} cells ran")
    if arguments.write:
        # What depends on the machine is no result.
        notebook.metadata.language_info = {"name": "python"}
        nbformat.write(notebook, path)
