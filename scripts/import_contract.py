"""A contract for import-linter: which packages from outside each part of the source may import.

import-linter's own ``forbidden`` contract lists what must not be imported, so it says nothing of
a package that nobody thought of. "Maths imports NumPy alone" needs the list of what may.
"""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.imports import ImportExpression


class AllowedPackagesContract(Contract):
    """Keep every module to Python's own library, this repository, and the packages it is allowed.

    Options of the contract in ``pyproject.toml``:

    - ``packages``: the packages of this repository whose modules are checked.
    - ``allowed``: a list of ``"modules -> package"``; ``*`` stands for one part of a module's
      name, ``**`` for several. An entry that allows nothing that is imported breaks the contract,
      so that the list does not outlive the code.
    """

    # Before an instance is checked, import-linter puts the parsed option in place of each field.
    packages: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]
    allowed: list[ImportExpression] = fields.ListField(  # type: ignore[assignment]
        subfield=fields.ImportExpressionField()
    )

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look for imports that are not allowed, and for entries that allow nothing.

        Parameters
        ----------
        graph : grimp.ImportGraph
            Of the whole source, outside packages included.
        verbose : bool
            Ignored: there is nothing to tell on the way.

        Returns
        -------
        importlinter.ContractCheck
        """
        modules = {
            module
            for package in self.packages
            for module in {package, *graph.find_descendants(package)}
        }
        ours = {module.partition(".")[0] for module in graph.modules}
        ours = {name for name in ours if not graph.is_module_squashed(name)}
        outside = {
            (module, imported)
            for module in modules
            for imported in graph.find_modules_directly_imported_by(module)
            if imported.partition(".")[0] not in ours | sys.stdlib_module_names
        }
        unused = []
        for expression in self.allowed:
            matching = _matching_imports(graph, expression) & outside
            if not matching:
                unused.append(str(expression))
            outside -= matching
        return ContractCheck(
            kept=not outside and not unused,
            metadata={
                "not_allowed": [
                    (module, imported, _lines(graph, module, imported))
                    for module, imported in sorted(outside)
                ],
                "unused": unused,
            },
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print what the check came upon.

        Parameters
        ----------
        check : importlinter.ContractCheck
            What :meth:`check` returned.
        """
        for module, imported, lines in check.metadata["not_allowed"]:
            output.print_error(
                f"{module} is not allowed to import {imported} (l.{lines}).", bold=False
            )
        for expression in check.metadata["unused"]:
            output.print_error(f"{expression!r} is allowed, and nothing needs it.", bold=False)
        output.new_line()


def _matching_imports(graph: ImportGraph, expression: ImportExpression) -> set[tuple[str, str]]:
    return {
        (found["importer"], found["imported"])
        for found in graph.find_matching_direct_imports(import_expression=str(expression))
    }


def _lines(graph: ImportGraph, importer: str, imported: str) -> str:
    details = graph.get_import_details(importer=importer, imported=imported)
    return ", ".join(str(detail["line_number"]) for detail in details)
