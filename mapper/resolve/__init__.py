"""Names: which files take part, what each name in them means, and the schemas as each module sees them."""

from mapper.resolve.modules import Library, ModuleFile, load_modules, reached
from mapper.resolve.program import FunctionInfo, MappingInfo, Program, Scope, SystemInfo, TableInfo, resolve

__all__ = [
    "FunctionInfo",
    "Library",
    "MappingInfo",
    "ModuleFile",
    "Program",
    "Scope",
    "SystemInfo",
    "TableInfo",
    "load_modules",
    "reached",
    "resolve",
]
