// Files and folders of another user's mail, read with care: their owner may have put links or pipes
// there, and this may run with more rights than the owner's. A link to another user's mailbox must
// not bring that mail to the maker of the link. So no link is followed but in the part of a path
// that no owner of a mailbox can have made, and nothing but regular files is opened.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "files/descriptor.h"

namespace restante::migrate {

struct FileFacts {
  std::uint64_t bytes = 0;
  WallTime modified{};
};

/// A path whose first `trusted` characters are the operator's, links in them included.
struct GuardedPath {
  std::string text;
  std::size_t trusted = 0;
};

/// Errors: kNotFound, kSyntax (it is no regular file, or there is a link behind what is trusted),
/// kIo.
Result<files::Descriptor> open_file(const GuardedPath& path);
Result<FileFacts> look_at(int file);
/// As many octets as there are, target.size() at most. Errors: kIo.
Result<std::size_t> read_at(int file, std::uint64_t offset, std::span<char> target);

/// Errors: kNotFound, kSyntax (there is a link behind what is trusted), kIo.
Result<files::Descriptor> open_folder(const GuardedPath& path);
/// A folder in `folder`. Errors: kNotFound (also: it is a link, or no folder), kIo.
Result<files::Descriptor> open_folder_in(int folder, const std::string& name);

/// Calls `take` with each name that does not begin with a dot, or with each that does. Errors: kIo.
Status each_name(int folder, bool dotted, const std::function<void(std::string_view name)>& take);

/// Errors: kNotFound, kSyntax (it is no regular file), kIo.
Result<FileFacts> look_at(int folder, const std::string& name);

/// Errors: as look_at(), and kLimit (over `bytes_max`).
Result<std::string> read_file(int folder, const std::string& name, std::uint64_t bytes_max);

}  // namespace restante::migrate
