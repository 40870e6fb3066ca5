// A Maildir as a source: the files in cur and new, with the unique ids of the POP3 server that has
// served it: Dovecot's (dovecot-uidlist), Courier's (courierpop3dsizelist), or by file names.
#pragma once

#include <string>
#include <vector>

#include "migrate/formats/uidl_format.h"
#include "migrate/sources/files.h"
#include "migrate/sources/source.h"

namespace restante::migrate {

/// Whose ids a Maildir's messages have.
enum class MaildirIds : std::uint8_t {
  kFound,    ///< By the list that lies there, the younger of two; without one: names.
  kDovecot,  ///< By dovecot-uidlist and pop3_uidl_format.
  kCourier,
  kNames,  ///< The files' names up to ":".
};

struct MaildirOptions {
  GuardedPath folder;
  GuardedPath control{};  ///< Where dovecot-uidlist lies; empty: in the folder.
  MaildirIds ids = MaildirIds::kFound;
  UidlFormat format;
};

class Maildir : public Source {
 public:
  explicit Maildir(MaildirOptions options) : options_(std::move(options)) {}

  Result<Listing> list() override;
  Status read(Item& item, std::string& wire) override;
  Result<std::unique_ptr<Source>> source_of(const OtherFolder& folder) override;

 private:
  struct File {
    std::string name;
    bool is_new = false;
    FileFacts facts{};
    std::uint64_t seconds = 0;  ///< Which begin its name.
  };

  Status open();
  Status scan(Listing& listing);
  Status scan_folder(bool is_new, Listing& listing);
  Result<MaildirIds> find_ids() const;
  Status give_ids(Listing& listing);
  Status give_dovecot_ids(Listing& listing);
  Status give_courier_ids(Listing& listing);
  void give_names(Listing& listing);
  Status count_folders(Listing& listing) const;
  Result<std::string> find_again(const File& file, bool& is_new) const;
  [[nodiscard]] Item to_item(std::size_t index) const;
  [[nodiscard]] int folder_of(bool is_new) const { return is_new ? new_.number() : cur_.number(); }

  const MaildirOptions options_;
  files::Descriptor root_;
  files::Descriptor control_;  // Not valid: the root.
  files::Descriptor cur_;
  files::Descriptor new_;
  std::vector<File> files_;  // As Courier and Dovecot order files: by the time that names them.
};

}  // namespace restante::migrate
