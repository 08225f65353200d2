find_package(evd 9 CONFIG REQUIRED)
