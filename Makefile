# The front door. Everything here is safe to run again; what is done already is not done twice.
.DEFAULT_GOAL := help
.PHONY: help bootstrap setup run call check check-python check-console test-console test simulate mutants fuzz bench bench-press bench-ladder bench-ring bench-load bench-screen bench-search bench-growth shots clean

PYTHON_IN_VENV := .venv/bin/python
CALLCENTER := $(PYTHON_IN_VENV) -m callcenter
NPM = $(PYTHON_IN_VENV) -m callcenter.setup.node
# Python's modules are compiled once, not at every start of some three hundred, whatever a machine says.
export PYTHONDONTWRITEBYTECODE :=
SIDE_BY_SIDE = $(MAKE) --no-print-directory -j2 --output-sync=target
ARGS ?=
SEEDS ?= 100000

help: ## 显示本帮助 / list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap: # the Python environment; the other targets call it
	@scripts/bootstrap

setup: bootstrap ## 安装全部内容 / install everything, start nothing
	@$(CALLCENTER) setup

run: bootstrap ## 安装并启动整个呼叫中心(演示数据) / install and start the whole centre with demo data
	@$(CALLCENTER) run --demo $(ARGS)

call: bootstrap ## 打一个电话,如 make call ARGS="press" / place a call
	@$(CALLCENTER) call $(ARGS)

check: bootstrap ## 静态检查 / lint, types, floors
	@$(PYTHON_IN_VENV) -m callcenter setup --only console-modules
	@$(SIDE_BY_SIDE) check-python check-console

check-python:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

check-console:
	$(NPM) --prefix console run lint
	$(NPM) --prefix console run typecheck

test-console:
	$(NPM) --prefix console run test

test: bootstrap ## 安装并运行全部检查和测试 / install, check, run every test
	@$(CALLCENTER) setup --tests
	@$(SIDE_BY_SIDE) check-python check-console test-console
	.venv/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)
	@$(if $(ARGS),,$(CALLCENTER) rules --check)

simulate: bootstrap ## 模拟十万个夜晚,检验十五条承诺 / a hundred thousand simulated nights (SEEDS=n)
	@PYTHONPATH=tests $(PYTHON_IN_VENV) -m simulation.run --sweep $(SEEDS) $(ARGS)

fuzz: bootstrap ## 按接口说明造数据,以各种身份长时间试探接口 / a long sweep over the interface (FUZZ_EXAMPLES=n)
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-20} FUZZ_SEED=$${FUZZ_SEED:-$$RANDOM} .venv/bin/pytest tests/fuzzing -q -rP $(ARGS)

mutants: bootstrap ## 植入错误,每个都须被发现 / plant mistakes: each must be caught by its own check
	@PYTHONPATH=tests $(PYTHON_IN_VENV) -m simulation.run --mutants $(ARGS)

bench: bench-press bench-ladder bench-ring bench-screen bench-load ## 以下各项速度测试 / all of these, one after the other

bench-press: bootstrap ## 测量按键到弹屏的时间 / measure the time from press to pop-up
	@$(CALLCENTER) setup
	@PYTHONPATH=.:tests $(PYTHON_IN_VENV) asterisk-test/bench/press_to_pop.py $(ARGS)

bench-ladder: bootstrap ## 测量阶梯到期到亲属振铃的时间 / measure rung due to family's ring, and the take-over
	@$(CALLCENTER) setup
	@PYTHONPATH=.:tests $(PYTHON_IN_VENV) asterisk-test/bench/rung_to_invite.py $(ARGS)

bench-ring: bootstrap ## 首次振铃与接替下一位,与 app_queue 相比 / first ring and hand-over beside app_queue
	@$(CALLCENTER) setup
	@PYTHONPATH=.:tests $(PYTHON_IN_VENV) asterisk-test/bench/ring.py $(ARGS)

bench-load: bootstrap ## 每秒多少个电话可持续且无一丢失 / how many calls a second are carried, nothing lost
	@$(CALLCENTER) setup
	@PYTHONPATH=.:tests $(PYTHON_IN_VENV) asterisk-test/bench/sustained.py $(ARGS)

bench-screen: bootstrap ## 弹屏画出要多久,五百人等候时大屏是否流畅 / frame to painted, the board with 500 waiting
	@$(CALLCENTER) setup --tests
	@PYTHONPATH=.:tests $(PYTHON_IN_VENV) asterisk-test/bench/screen.py $(ARGS)

bench-search: bootstrap ## 十万老人中查找要多久 / how long a search among 100,000 members takes
	@$(CALLCENTER) setup
	@PYTHONPATH=.:tests $(PYTHON_IN_VENV) asterisk-test/bench/search_members.py $(ARGS)

bench-growth: bootstrap ## 老人多了弹屏是否变慢 / does a pop take longer among 100,000 members
	@$(CALLCENTER) setup
	@PYTHONPATH=.:tests $(PYTHON_IN_VENV) asterisk-test/bench/growth.py $(ARGS)

shots: bootstrap ## 给每个页面和状态拍照,如 make shots ARGS="out day" / pictures of every page and state
	@$(CALLCENTER) setup --tests
	@PYTHONPATH=tests $(PYTHON_IN_VENV) -m browser.shots $(ARGS)

clean: ## 删除安装的内容和所有数据(需确认) / remove what was installed and ALL data (asks first)
	@if [ -d var ] && [ "$(FORCE)" != 1 ]; then \
	  printf '将删除 var(数据库、录音)/ this removes var (database, recordings). yes? '; read answer; [ "$$answer" = yes ]; fi
	rm -rf .venv console/node_modules console/dist var
