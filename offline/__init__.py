"""The program without a CLI, a cluster or credentials: on the Pulumi SDK's own mock monitor."""

from offline.graph import Graph, Resource
from offline.run import record, run
from offline.stackfile import StackFile, find_stack_file, read_stack_file

__all__ = ["Graph", "Resource", "StackFile", "find_stack_file", "read_stack_file", "record", "run"]
