# SPDX-License-Identifier: Apache-2.0
"""The code of the contracts for Python, generated for each run from proto/."""

import atexit
import importlib
import pathlib
import shutil
import sys
import tempfile

from grpc_tools import protoc

_PROTO = pathlib.Path(__file__).parent.parent.parent / "proto"

_folder = pathlib.Path(tempfile.mkdtemp(prefix="waymark-contracts-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
_files = sorted(str(file.relative_to(_PROTO)) for file in (_PROTO / "waymark").rglob("*.proto"))
_arguments = ["protoc", f"-I{_PROTO}", f"-I{pathlib.Path(protoc.__file__).parent / '_proto'}",
              f"--python_out={_folder}", f"--grpc_python_out={_folder}"]
if protoc.main(_arguments + _files) != 0:
    sys.exit("contracts.py: cannot generate the Python of proto/")
sys.path.insert(0, str(_folder))

events = importlib.import_module("waymark.events.v1.event_pb2")
events_services = importlib.import_module("waymark.events.v1.event_pb2_grpc")
organisation = importlib.import_module("waymark.people.v1.organisation_pb2")
organisation_services = importlib.import_module("waymark.people.v1.organisation_pb2_grpc")
person = importlib.import_module("waymark.people.v1.person_pb2")
person_services = importlib.import_module("waymark.people.v1.person_pb2_grpc")
team = importlib.import_module("waymark.people.v1.team_pb2")
team_services = importlib.import_module("waymark.people.v1.team_pb2_grpc")
