# Debian 12's packages, found once, for every folder.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(simdjson REQUIRED)
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET GLOBAL libuv)
