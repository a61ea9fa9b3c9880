# Two commands: `make serve` and `make test`; a third, `make docs`, makes the documentation's site. The work is done by the scripts in tools/, which also run without make.
#
# `make links`, by hand: do the addresses elsewhere, to which the documentation links, still answer?
#
#   make serve PORT=8000 ADDRESS=0.0.0.0       another port, every network interface
#   make serve ORIGIN=lab.example.org          the name under which visitors reach the page
#   make serve ARGS="--prefix /lab"            arguments for the server; ARGS=--help lists them
#   make test ARGS="-k cbo"                    arguments for pytest
#   make test PYTHON=/path/to/python3.12       the interpreter from which .venv is made

.PHONY: serve test docs links

serve:
	@tools/serve $(ARGS)

test:
	@tools/test $(ARGS)

docs:
	@tools/docs $(ARGS)

links:
	@tools/links $(ARGS)
