// Feeds the files of a corpus to a fuzz target, so that each build replays what was found once:
// every file whole, and the short ones cut at every position, or, by --every N, at every Nth. Fails
// when there is nothing to feed.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/numbers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// A cut at every position costs the square of the size.
constexpr std::size_t kCutBytesMax = 1024;

std::vector<std::filesystem::path> files_below(const char* folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// From a buffer of exactly that size, so that the address sanitizer sees each step beyond it.
void feed(const std::vector<std::uint8_t>& input, std::size_t size) {
  const std::vector<std::uint8_t> exact(input.data(), input.data() + size);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void replay(const std::filesystem::path& path, std::size_t step) {
  std::printf("%s\n", path.c_str());
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
  const std::vector<std::uint8_t> input(content.begin(), content.end());
  feed(input, input.size());
  for (std::size_t cut = 0; input.size() <= kCutBytesMax && cut < input.size(); cut += step)
    feed(input, cut);
}

int replay_folders(int count, char** folders) {
  std::size_t step = 1;
  int first = 1;
  if (count > 2 && std::string_view(folders[1]) == "--every") {
    step = restante::parse_decimal<std::size_t>(folders[2]).value();
    first = 3;
  }
  for (int i = first; i < count; ++i) {
    const auto files = files_below(folders[i]);
    if (files.empty()) {
      std::fprintf(stderr, "%s has no files to replay\n", folders[i]);
      return 1;
    }
    for (const auto& path : files) replay(path, step);
  }
  return count > first ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return replay_folders(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
