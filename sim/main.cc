// restante_sim: replays a seed, or searches from one on. See docs/simulation.md and ./dev sim
// --help.
#include "sim/search.h"

int main(int argc, char** argv) { return restante::sim::run_program(argc, argv); }
