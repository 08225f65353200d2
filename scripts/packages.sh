# Debian 12's packages, one list a purpose. Sourced by scripts/install.sh; the only place that names packages.
# shellcheck shell=bash disable=SC2034

# What the library, the CLI and the examples are built from.
packages_build=(
  g++ cmake ninja-build pkg-config mold
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libsqlite3-dev libnats-dev libmongoc-dev libsodium-dev libjwt-dev libsimdjson-dev libspdlog-dev libfmt-dev
  libtomlplusplus-dev libcli11-dev prometheus-cpp-dev libcurl4-openssl-dev
)

# What the commands that ./run prints need.
packages_run=(curl)

# What the tests need on top: their framework, a compiler cache, and the tools that tests start.
packages_test=(
  libgtest-dev libgmock-dev librapidcheck-dev ccache python3 python3-venv sqlite3 curl procps
)

# What `./test lint` and `./test fuzz` need on top.
packages_lint=(clang-format-14 clang-tidy-14)
packages_fuzz=(clang-14 libclang-rt-14-dev)

# What the benchmarks need on top.
packages_bench=(libbenchmark-dev)
