# make serve   environment, training of what is missing, the bot on http://127.0.0.1:5005
# make test    the whole suite
# make env     only the environment (.venv/)          make train   only what has to be trained
# make env TORCH=cpu   CPU-only PyTorch (about 2 GB instead of 7), where its own package index can be reached
# make lock    resolve again and write requirements.lock (for developers)
SHELL := /bin/sh
PORT ?=
TORCH ?=
VENV := .venv
PYTHON := $(VENV)/bin/python
BOT := $(VENV)/bin/bot
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
STAMP := $(VENV)/.made-from
NEEDED_MB := $(if $(filter cpu,$(TORCH)),3500,9000)

.PHONY: serve test env train lock lint
.DEFAULT_GOAL := serve

serve: env
	@$(BOT) serve $(if $(PORT),--port $(PORT))

train: env
	@$(BOT) train

test: env train
	@$(PYTHON) -m pytest

lint: env
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports

env: $(STAMP)

$(STAMP): requirements.lock pyproject.toml .python-version
	@if [ ! -x "$(UV)" ] && ! command -v "$(UV)" >/dev/null 2>&1; then \
	  python=$$(command -v python3 || command -v python) || { echo "错误：没有找到 Python，请先安装任意版本的 Python 3。" >&2; exit 1; }; \
	  echo "正在安装 uv 到 .uv/ ……"; \
	  "$$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location --target .uv uv 2>.uv.log \
	    || { echo "错误：uv 装不上，请检查网络，或先运行 $$python -m pip install uv。详情见 .uv.log" >&2; exit 1; }; rm -f .uv.log; fi
	@free=$$(df -Pm . | awk 'NR==2{print $$4}'); if [ ! -x "$(PYTHON)" ] && [ "$$free" -lt $(NEEDED_MB) ]; then \
	  echo "错误：磁盘空间不够，还剩 $$free MB，需要约 $(NEEDED_MB) MB。请清出空间，或用 make env TORCH=cpu。" >&2; exit 1; fi
	@[ -x "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' \
	  || { rm -rf $(VENV); echo "正在准备 Python 3.10 ……"; "$(UV)" venv --quiet --python 3.10 $(VENV) \
	  || { echo "错误：找不到也装不上 Python 3.10。请安装 Python 3.10 后再试。" >&2; exit 1; }; }
	@echo "正在安装依赖（第一次约几分钟）……"
	@$(if $(filter cpu,$(TORCH)),$(install_cpu),$(install_all))
	@"$(UV)" pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation --editable . \
	  || { echo "错误：本项目装不上，请看上面的信息。" >&2; exit 1; }
	@touch $(STAMP)

install_all = "$(UV)" pip sync --quiet --python $(PYTHON) --require-hashes requirements.lock \
	  || { echo "错误：依赖装不上，请检查网络和磁盘空间后再试。" >&2; exit 1; }

# The lock without PyTorch and the CUDA libraries, then the CPU build of the same PyTorch version.
install_cpu = awk '/^[a-z]/{keep = !/^(torch|triton|nvidia-|cuda-)/} keep' requirements.lock > $(VENV)/cpu.lock; \
	  "$(UV)" pip sync --quiet --python $(PYTHON) --require-hashes $(VENV)/cpu.lock \
	  && "$(UV)" pip install --quiet --python $(PYTHON) --torch-backend cpu --no-deps \
	     "$$(awk '/^torch==/{print $$1}' requirements.lock)" \
	  || { echo "错误：CPU 版 PyTorch 装不上（它的软件源可能连不到）。请改用 make env。" >&2; exit 1; }

lock:
	@"$(UV)" lock --quiet && "$(UV)" export --quiet --all-groups --no-emit-project --format requirements-txt --no-header --no-annotate -o requirements.lock
