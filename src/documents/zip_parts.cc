#include "documents/zip_parts.h"

#include <zip.h>

#include <algorithm>
#include <array>

namespace restante::text {
namespace {

constexpr zip_int64_t kNamesMax = 4096;
// Small archives may be packed well, and are still read whole.
constexpr std::uint64_t kAlwaysUnpacked = std::uint64_t{1} << 20;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

}  // namespace

struct ZipParts::State {
  std::unique_ptr<zip_t, Discard> archive;
  std::uint64_t left = 0;  // Octets that may still be unpacked.
};

ZipParts::ZipParts(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipParts::ZipParts(ZipParts&&) noexcept = default;
ZipParts& ZipParts::operator=(ZipParts&&) noexcept = default;
ZipParts::~ZipParts() = default;

std::optional<ZipParts> ZipParts::open(std::string_view octets) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const source = zip_source_buffer_create(octets.data(), octets.size(), 0, &error);
  if (source == nullptr) return std::nullopt;
  zip_t* const archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr) {
    zip_source_free(source);
    return std::nullopt;
  }
  auto state = std::make_unique<State>();
  state->archive.reset(archive);
  state->left = std::min(kUnpackedMax, std::max(kAlwaysUnpacked, octets.size() * kRatioMax));
  return ZipParts(std::move(state));
}

std::vector<std::string> ZipParts::names() const {
  std::vector<std::string> names;
  const zip_int64_t count = std::min(zip_get_num_entries(state_->archive.get(), 0), kNamesMax);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* const name =
        zip_get_name(state_->archive.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    if (name != nullptr) names.emplace_back(name);
  }
  return names;
}

std::string ZipParts::read(const std::string& name, std::size_t bytes_max) {
  const std::unique_ptr<zip_file_t, Discard> file(
      zip_fopen(state_->archive.get(), name.c_str(), ZIP_FL_ENC_RAW));
  std::string octets;
  if (!file) return octets;
  std::array<char, 64U << 10> buffer;
  while (octets.size() < bytes_max && state_->left > 0) {
    const std::uint64_t room = std::min(
        {std::uint64_t{buffer.size()}, std::uint64_t{bytes_max - octets.size()}, state_->left});
    const zip_int64_t read = zip_fread(file.get(), buffer.data(), room);
    if (read <= 0) break;
    octets.append(buffer.data(), static_cast<std::size_t>(read));
    state_->left -= static_cast<std::uint64_t>(read);
  }
  return octets;
}

}  // namespace restante::text
