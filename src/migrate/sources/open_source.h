// From a place to the source that reads it.
#pragma once

#include <memory>
#include <string>

#include "migrate/sources/doveadm.h"
#include "migrate/sources/maildir.h"
#include "migrate/sources/mbox.h"
#include "migrate/sources/place.h"
#include "migrate/sources/pop3_source.h"
#include "migrate/sources/source.h"

namespace restante::migrate {

/// The options of the command line for all sources.
struct SourceOptions {
  MaildirIds maildir_ids = MaildirIds::kFound;
  MboxIds mbox_ids = MboxIds::kFound;
  UidlFormat uidl_format;
  std::string master{};                        ///< As Pop3Options.
  std::filesystem::path ca_file{};             ///< As Pop3Options.
  const programs::Starter* doveadm = nullptr;  ///< As DoveadmOptions; null: there is none.
};

/// The options for one source.
struct SourceOfAccount {
  std::string account;  ///< For POP3 and doveadm: the user there, unless the place names another.
  Place place;
  GuardedPath control{};    ///< As MaildirOptions.
  SecretString password{};  ///< As Pop3Options.
};

/// Opens no file and no connection, but looks at the place. Errors: kNotFound, kIo, kSyntax.
Result<std::unique_ptr<Source>> open_source(const SourceOfAccount& of,
                                            const SourceOptions& options);

}  // namespace restante::migrate
