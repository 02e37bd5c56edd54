# SPDX-License-Identifier: Apache-2.0
"""What `make bench` measures, and how.

Uses nothing but Python's standard library, /proc and the tools that build.sh names, so Linux only.
"""
