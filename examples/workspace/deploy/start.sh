#!/bin/sh
# Migrates when the container starts, and becomes the application. Any number of containers may do so at once; when a revision fails,
# the application does not start.
set -eu
shop-migrate up
exec shop --check
