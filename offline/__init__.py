"""Running the program without CLI, cluster or credentials, on the Pulumi SDK's mock monitor."""

from offline.graph import Graph, Resource
from offline.runner import record, run
from offline.stack_files import StackFile, find_stack_file, read_stack_file

__all__ = ["Graph", "Resource", "StackFile", "find_stack_file", "read_stack_file", "record", "run"]
