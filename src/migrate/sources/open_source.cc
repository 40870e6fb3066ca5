#include "migrate/sources/open_source.h"

#include <sys/stat.h>

#include <cerrno>

#include "files/errors.h"

namespace restante::migrate {
namespace {

/// A folder is a Maildir, a file an mbox.
Result<Place::Kind> kind_of(const Place& place) {
  if (place.kind != Place::Kind::kPath) return place.kind;
  struct stat found {};
  if (::stat(place.path.c_str(), &found) != 0) {
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    return Error(absent ? Errc::kNotFound : Errc::kIo, place.path + ": " + files::reason_of(errno));
  }
  if (S_ISDIR(found.st_mode)) return Place::Kind::kMaildir;
  if (S_ISREG(found.st_mode)) return Place::Kind::kMbox;
  return Error(Errc::kSyntax, place.path + ": neither a folder nor a file");
}

}  // namespace

Result<std::unique_ptr<Source>> open_source(const SourceOfAccount& of,
                                            const SourceOptions& options) {
  RESTANTE_TRY(const Place::Kind kind, kind_of(of.place));
  if (kind == Place::Kind::kMaildir) {
    MaildirOptions maildir;
    maildir.folder = {of.place.path, of.place.trusted};
    maildir.control = of.control;
    maildir.ids = options.maildir_ids;
    maildir.format = options.uidl_format;
    return std::make_unique<Maildir>(std::move(maildir));
  }
  if (kind == Place::Kind::kMbox) {
    MboxOptions mbox;
    mbox.file = {of.place.path, of.place.trusted};
    mbox.ids = options.mbox_ids;
    mbox.format = options.uidl_format;
    return std::make_unique<Mbox>(std::move(mbox));
  }
  const std::string& user = of.place.user.empty() ? of.account : of.place.user;
  if (kind == Place::Kind::kDoveadm) {
    if (options.doveadm == nullptr) return Error(Errc::kState, "no doveadm was begun");
    DoveadmOptions doveadm;
    doveadm.starter = options.doveadm;
    doveadm.user = user;
    doveadm.format = options.uidl_format;
    return std::make_unique<Doveadm>(std::move(doveadm));
  }
  Pop3Options pop3;
  pop3.place = of.place;
  pop3.user = user;
  pop3.master = options.master;
  pop3.password = of.password;
  pop3.ca_file = options.ca_file;
  return std::make_unique<Pop3Source>(pop3);
}

}  // namespace restante::migrate
