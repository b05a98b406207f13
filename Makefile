# Thin names for the scripts; everything they need they set up themselves.
.PHONY: up test proof lint lock bench

COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

up:
	./scripts/up

test:
	./scripts/test

# Only the proofs that protection holds, all of each.
proof:
	./scripts/test --whole -m proof

lint:
	./scripts/lint

# After an edit of pyproject.toml, requirements*.in or web/package.json.
lock:
	$(COMPILE) pyproject.toml requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
	$(COMPILE) requirements-node.in -o requirements-node.txt
	$(COMPILE) requirements-rivals.in -o requirements-rivals.txt
	$(COMPILE) requirements-roads.in -o requirements-roads.txt
	.venv/bin/python -m scripts.assets lock

bench:
	.venv/bin/waymark bench all
