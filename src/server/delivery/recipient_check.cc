#include "server/delivery/recipient_check.h"

namespace restante::server {

Result<CheckedRecipient> check_recipient(const Guide& guide, const std::string& address) {
  CheckedRecipient out;
  auto accounts = guide.router.resolve(address);
  if (!accounts) {
    RESTANTE_TRY(const FarIntake* const intake,
                 intake_of_unknown(guide, address, accounts.error()));
    if (intake == nullptr) return accounts.error();
    out.copies = 1;
    out.place = intake->name + " ";
    return out;
  }
  out.copies = accounts->size();
  out.holders = guide.book.holders(*accounts);
  out.place = places_of(guide, *accounts);
  out.accounts = std::move(*accounts);
  return out;
}

}  // namespace restante::server
