// The program: runs named seeds, one seed, or as many as fit a time, and says what it found.
#pragma once

namespace restante::sim {

/// Exit codes: 0 nothing found, 1 a violation or a kind of fault that was never reached, 2 usage.
int run_program(int argc, char** argv);

}  // namespace restante::sim
