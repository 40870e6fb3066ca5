#include "archive/exchange/import/unpack.h"

#include <fcntl.h>
#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "archive/mailbox/mail_look.h"

namespace restante::archive {
namespace {

constexpr std::size_t kPieceBytes = 256U << 10;
// Mail packs to a tenth at best; up to kBytesBelieved any ratio is taken.
constexpr std::uint64_t kRatioMax = 200;
constexpr std::uint64_t kBytesBelieved = 64U << 20;

bool is_believable(std::uint64_t unpacked, std::uint64_t packed) {
  // A small file may be one mail of many equal lines.
  return unpacked <= kBytesBelieved || unpacked / kRatioMax <= packed;
}

Error too_much() { return Error(Errc::kSyntax, "it unpacks to more than mail does"); }

zip_t* zip_of(void* zip) { return static_cast<zip_t*>(zip); }

struct CloseGzip {
  void operator()(gzFile file) const { ::gzclose_r(file); }
};
struct CloseMember {
  void operator()(zip_file_t* file) const { ::zip_fclose(file); }
};

/// The file that `aside` is now.
Status describe(Aside& aside, SourceFile& file) {
  RESTANTE_CHECKED(aside.flush());
  file.path = aside.path();
  file.bytes = aside.size();
  file.many_names = false;
  file.beginning.clear();
  return aside.read(0, std::min<std::uint64_t>(aside.size(), kLookBytes),
                    [&](std::string_view octets) {
                      file.beginning.append(octets);
                      return ok();
                    });
}

}  // namespace

Result<Unpacked> unpack_gzip(const SourceFile& packed, const Path& tmp) {
  Aside aside(tmp);
  RESTANTE_TRY(Descriptor source, open_file(packed.path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  const std::unique_ptr<gzFile_s, CloseGzip> opened(::gzdopen(source.number(), "rb"));
  if (!opened) return Error(Errc::kIo, "gzdopen");
  static_cast<void>(source.release());  // gzclose() closes it.
  std::string buffer(kPieceBytes, '\0');
  for (;;) {
    const int count = ::gzread(opened.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    int code = 0;
    const char* const why = ::gzerror(opened.get(), &code);
    // A file that was cut says so only beside its last octets.
    if (count < 0 || code == Z_BUF_ERROR)
      return Error(Errc::kSyntax, "damaged: " + std::string(why));
    if (count == 0) break;
    RESTANTE_CHECKED(
        aside.write(std::string_view(buffer).substr(0, static_cast<std::size_t>(count))));
    // Asked piece by piece, so that a bomb fills no disk before it is known.
    if (!is_believable(aside.size(), packed.bytes)) return too_much();
  }
  SourceFile file = packed;
  // So that the kind of what is inside is told by its own name.
  if (file.name.size() > 3 && file.name.ends_with(".gz")) file.name.resize(file.name.size() - 3);
  RESTANTE_CHECKED(describe(aside, file));
  return Unpacked{std::move(aside), std::move(file)};
}

ZipMembers::ZipMembers(void* zip, SourceFile packed, Path tmp)
    : zip_(zip), packed_(std::move(packed)), tmp_(std::move(tmp)) {}

ZipMembers::ZipMembers(ZipMembers&& other) noexcept
    : zip_(std::exchange(other.zip_, nullptr)),
      packed_(std::move(other.packed_)),
      tmp_(std::move(other.tmp_)),
      unpacked_bytes_(other.unpacked_bytes_) {}

ZipMembers::~ZipMembers() {
  // Discarded and not closed: closing would write a changed file.
  if (zip_ != nullptr) ::zip_discard(zip_of(zip_));
}

Result<ZipMembers> ZipMembers::open(const SourceFile& packed, const Path& tmp) {
  int code = 0;
  zip_t* const zip = ::zip_open(packed.path.c_str(), ZIP_RDONLY, &code);
  if (zip == nullptr) return Error(Errc::kSyntax, "no whole zip file");
  return ZipMembers(zip, packed, tmp);
}

std::uint64_t ZipMembers::size() const {
  return static_cast<std::uint64_t>(
      std::max<zip_int64_t>(0, ::zip_get_num_entries(zip_of(zip_), 0)));
}

std::string ZipMembers::name(std::uint64_t number) const {
  // Names in old zips are in the code page of their machine.
  const char* const name = ::zip_get_name(zip_of(zip_), number, ZIP_FL_ENC_GUESS);
  return name == nullptr ? "" : name;
}

std::string ZipMembers::comment(std::uint64_t number) const {
  zip_uint32_t bytes = 0;
  const char* const comment = ::zip_file_get_comment(zip_of(zip_), number, &bytes, 0);
  return comment == nullptr ? "" : std::string(comment, bytes);
}

Result<Unpacked> ZipMembers::unpack(std::uint64_t number) {
  const std::string name = this->name(number);
  Aside aside(tmp_);
  const std::unique_ptr<zip_file_t, CloseMember> opened(::zip_fopen_index(zip_of(zip_), number, 0));
  if (!opened) return Error(Errc::kSyntax, ::zip_strerror(zip_of(zip_)));
  std::string buffer(kPieceBytes, '\0');
  for (;;) {
    const zip_int64_t count = ::zip_fread(opened.get(), buffer.data(), buffer.size());
    if (count < 0)
      return Error(Errc::kSyntax, "damaged: " + std::string(::zip_file_strerror(opened.get())));
    if (count == 0) break;
    RESTANTE_CHECKED(
        aside.write(std::string_view(buffer).substr(0, static_cast<std::size_t>(count))));
    unpacked_bytes_ += static_cast<std::uint64_t>(count);
    // Of all members together: many small bombs are one.
    if (!is_believable(unpacked_bytes_, packed_.bytes)) return too_much();
  }
  SourceFile file = packed_;
  file.name = name.substr(name.rfind('/') + 1);
  file.label = packed_.label + ": " + name;
  RESTANTE_CHECKED(describe(aside, file));
  return Unpacked{std::move(aside), std::move(file)};
}

}  // namespace restante::archive
