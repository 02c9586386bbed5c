"""
Runs the script of the `aws` command line once for each request, in a fork of an interpreter that has imported the
script's modules. Arguments: the script, and the names of variables that the modules do not read when they are imported.
A line of input is a request, `{"id", "args", "env", "cwd"}` (no `cwd`: this directory); a line of output is its answer, `{"id", "code", "stdout", "stderr"}`.

What is imported can depend on the environment, so a request whose environment differs from the first one's in another
variable starts the script in a new interpreter.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import sys
import tempfile
import traceback

SCRIPT, VARIABLES = sys.argv[1], frozenset(sys.argv[2:])
MODULES = ["awscli.clidriver", "awscli.handlers", "botocore.client", "botocore.endpoint", "botocore.httpsession"]


def main():
    requests, answers = os.dup(0), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    wake, woken = os.pipe()
    for end in (wake, woken):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken)
    running, imported, pending = {}, None, b""
    while True:
        ready, _, _ = select.select([requests, wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
            answer_ended(running, answers)
        if requests not in ready:
            continue
        received = os.read(requests, 65536)
        if not received:
            return
        *lines, pending = (pending + received).split(b"\n")
        for line in lines:
            request = json.loads(line)
            environment = lasting(request["env"])
            if imported is None:
                imported = environment
                import_all(request["env"])
            output = tempfile.TemporaryFile(), tempfile.TemporaryFile()
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.dup2(output[0].fileno(), 1)
                os.dup2(output[1].fileno(), 2)
                os.chdir(request.get("cwd", "."))
                become_command(request, environment == imported)
            running[child] = request["id"], output


def lasting(environment):
    return {name: value for name, value in environment.items() if name not in VARIABLES}


def set_environment(environment):
    os.environ.clear()
    os.environ.update(environment)


def import_all(environment):
    set_environment(environment)
    for module in MODULES:
        importlib.import_module(module)
    gc.freeze()  # A collection in a fork must not touch, and so copy, what all forks share.
    # awscli adds its own directory to AWS_DATA_PATH when it is imported; a command must keep that.
    global DATA_PATH
    DATA_PATH = os.environ.get("AWS_DATA_PATH")


def become_command(request, shares_imports):
    arguments = [SCRIPT, *request["args"]]
    if not shares_imports:
        os.execve(sys.executable, [sys.executable, *arguments], request["env"])
    set_environment(request["env"])
    if DATA_PATH is not None:
        os.environ["AWS_DATA_PATH"] = DATA_PATH
    sys.argv = arguments
    try:
        runpy.run_path(SCRIPT, run_name="__main__")
        code = 0
    except SystemExit as ended:
        code = exit_code(ended.code)
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # Without taking the interpreter apart, object by object.


def exit_code(value):
    if value is None or isinstance(value, int):
        return (value or 0) & 0xFF
    print(value, file=sys.stderr)
    return 1


def answer_ended(running, answers):
    for child in list(running):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended == 0:
            continue
        request_id, output = running.pop(child)
        stdout, stderr = map(text_of, output)
        code = os.waitstatus_to_exitcode(status)
        print(json.dumps({"id": request_id, "code": code, "stdout": stdout, "stderr": stderr}), file=answers, flush=True)


def text_of(file):
    with file:
        file.seek(0)
        return file.read().decode(errors="replace")


main()
