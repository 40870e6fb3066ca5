// An account's mail at a Dovecot, in any of its formats (sdbox, mdbox, compressed, encrypted), as
// doveadm of the old server tells it: unique ids by pop3_uidl_format, Dovecot's own times of
// arrival. Nothing is changed there.
//
// doveadm is started by a process that was forked early (programs/starter.h): it often needs rights
// that the user who writes maildrops has not.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "migrate/formats/doveadm_output.h"
#include "migrate/formats/uidl_format.h"
#include "migrate/sources/source.h"
#include "programs/starter.h"

namespace restante::migrate {

struct DoveadmOptions {
  const programs::Starter* starter = nullptr;  ///< Not owned. Its front is doveadm.
  std::string user;
  std::string mailbox = "INBOX";
  UidlFormat format;
};

class Doveadm : public Source {
 public:
  explicit Doveadm(DoveadmOptions options) : options_(std::move(options)) {}

  /// Errors: also kNotFound: Dovecot knows no such user.
  Result<Listing> list() override;
  void expect(const std::vector<const Item*>& items) override;
  Status read(Item& item, std::string& wire) override;
  Result<std::unique_ptr<Source>> source_of(const OtherFolder& folder) override;

 private:
  Result<std::string> ask(const std::vector<std::string>& words) const;
  Status ask_for_texts(std::uint64_t first);
  Status find_folders(Listing& listing, std::uint32_t& uid_validity) const;
  Result<bool> hear_more();
  Result<std::optional<DoveadmHead>> next_head();
  Result<std::string> take_text(std::uint64_t octets);
  Status check_ending();

  const DoveadmOptions options_;
  std::vector<std::uint64_t> expected_;  // Numbers, in the order in which they will be read.
  std::size_t asked_to_ = 0;             // How many of them were asked for.
  std::optional<programs::Started> telling_;
  bool said_all_ = false;
  bool is_first_ = true;
  std::string heard_;  // And not used yet, from at_ on.
  std::size_t at_ = 0;
  std::optional<DoveadmHead> head_;  // Of the message that comes next.
};

}  // namespace restante::migrate
