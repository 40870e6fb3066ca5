#include "archive/account_lock.h"

#include <fcntl.h>

#include "archive/file_name.h"

namespace restante::archive {

Path state_folder(const Path& archive) { return archive / ".restante"; }

Result<AccountLock> AccountLock::take(const Path& archive, std::string_view account) {
  RESTANTE_CHECKED(make_folders(state_folder(archive)));
  const Path path = state_folder(archive) / (account_folder(account) + ".lock");
  RESTANTE_TRY(Descriptor file, open_file(path, O_RDWR | O_CREAT));
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(file.number(), F_OFD_SETLK, &whole) != 0) {
    Error error = system_error("lock", path);
    if (error.code != Errc::kBusy && error.code != Errc::kAuth) return error;
    return Error(Errc::kBusy, "another restante is at work on account \"" + std::string(account) +
                                  "\": wait until it is done");
  }
  return AccountLock(std::move(file));
}

}  // namespace restante::archive
