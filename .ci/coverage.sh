#!/bin/sh
# Which lines of Sources the tests ran: a table by file, and the total. $1: the scratch folder, $2: the folder of the toolchain's tools.
set -eu
scratch=$1
tools=$2
data=$(find "$scratch" -name default.profdata | head -1)
tests=$(find "$scratch" -name '*PackageTests.xctest' -type f | head -1)
[ -n "$data" ] && [ -n "$tests" ] || { echo "no coverage data below $scratch" >&2; exit 1; }
"$tools/llvm-cov" report "$tests" -instr-profile "$data" -ignore-filename-regex='(\.build|checkouts|Tests)/' >"$scratch/report.txt"
"$tools/llvm-cov" export -summary-only "$tests" -instr-profile "$data" -ignore-filename-regex='(\.build|checkouts|Tests)/' >"$scratch/summary.json"
awk '/^TOTAL/ { print "lines covered: " $10 " of " $8 ", uncovered " $9 }' "$scratch/report.txt"
echo "by file: $scratch/report.txt"
