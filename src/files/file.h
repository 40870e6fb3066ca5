// The system calls for files and folders, as Results. Blocking; callable from any thread. Errors:
// as system_error(), unless said otherwise.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_string.h"
#include "files/descriptor.h"
#include "files/errors.h"

namespace restante::files {

using Path = std::filesystem::path;

/// `flags` as for open(2); O_CLOEXEC is added, new files are the owner's alone.
Result<Descriptor> open_file(const Path& path, int flags);
/// All of it, at the file's place.
Status write_all(const Descriptor& file, std::string_view octets, const Path& path);
/// At most `buffer`'s size, from the file's place; empty at the end. The view is into the buffer.
Result<std::string_view> read_some(const Descriptor& file, std::string& buffer, const Path& path);
/// The first `bytes_max` octets from the file's place; all where there are fewer. The errors'
/// detail is "NAME: reason".
Result<std::string> read_all(const Descriptor& file, std::size_t bytes_max,
                             const std::string& name);
/// The first `bytes_max` octets of the file, likewise. A folder is an error.
Result<std::string> read_file(const Path& path, std::size_t bytes_max);
/// A secret of at most `bytes_max` octets, read at once, in a regular file that only its owner may
/// use. Errors: kAuth (others may use it), kIo.
Result<SecretString> read_private(const Descriptor& file, std::size_t bytes_max,
                                  const std::string& name);

enum class WhenLocked : bool { kFail, kWait };
/// All of the file, for this open file alone until it is closed. Errors: kBusy (kFail: another open
/// file has it).
Status lock_whole(const Descriptor& file, WhenLocked when, const Path& path);

/// fdatasync: content and size are durable afterwards.
Status sync_data(const Descriptor& file, const Path& path);
/// Makes the names in a folder durable.
Status sync_folder(const Path& folder);
/// The folder that a name stands in: "." for a bare name.
Path folder_of(const Path& path);
/// Replaces `to`. Durable after sync_folder().
Status rename_file(const Path& from, const Path& to);
/// Fine when it is gone already.
Status remove_file(const Path& path);
/// Makes the folder (mode 0700) and the ones above it, durably; fine when they are there.
Status make_folders(const Path& folder);
/// Names of everything but "." and "..", unsorted.
Result<std::vector<std::string>> names_in(const Path& folder);
/// The same without room for all of them: one after the other, until `visit` says false.
Status visit_names(const Path& folder, const std::function<bool(std::string_view)>& visit);

struct Replacement {
  mode_t mode = 0600;
  std::string ending = ".new";  ///< Of its name until it is complete.
};

/// Puts a file with this text in the place of `path`, durably: after any failure or crash the old
/// file or the new one is there, whole. It is written beside, and is gone after an error. A
/// symbolic link is itself replaced. Two callers at once need two endings.
Status replace_durably(const Path& path, std::string_view octets, const Replacement& how = {});

}  // namespace restante::files
