"""The pipeline as one function, and releases on disk."""

from mapper.driver.build import build_release, cached_release
from mapper.driver.compile import Compiled, compile_project

__all__ = ["Compiled", "build_release", "cached_release", "compile_project"]
