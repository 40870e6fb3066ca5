#include "restantectl/selftest/test_account.h"

#include "accounts/passwords/device_password.h"
#include "accounts/passwords/password.h"
#include "server/common/back_ends.h"

namespace restante::ctl {
namespace {

constexpr std::string_view kLocalPart = "restante-selftest";

std::string address_in(const settings::Config& config) {
  const std::string& domain = config.accounts.names.default_domain;
  return std::string(kLocalPart) + "@" + (domain.empty() ? config.hostname : domain);
}

/// Deletes the mails that the test has left: no client collects them.
Status delete_mail(Office& office, const std::string& name) {
  RESTANTE_TRY(auto* const store, office.store());
  RESTANTE_TRY(const auto session, store->open(name, maildrop::View::kDefault));
  maildrop::SessionEnd end;
  for (std::uint32_t number = 1; number <= session->count(); ++number)
    end.deleted.push_back(MessageNumber{number});
  return session->commit(end);
}

}  // namespace

Result<TestAccount> TestAccount::make(Office& office) {
  RESTANTE_TRY(auto* const admin, office.admin());
  // In another form than a device password, so that it is checked as the account's own.
  std::string password = "selftest-" + accounts::make_device_password();
  const SecretString kept(password);
  auto secret = accounts::make_secret(password, office.config().auth.secrets);
  wipe(password);
  if (!secret) return std::move(secret).error();
  const std::string name = address_in(office.config());
  auto added = admin->add(name, *secret);
  // A killed run may have left an account, which is taken over.
  if (!added && added.error().code == Errc::kExists && admin->show(name)) {
    RESTANTE_CHECKED(admin->set_secret(name, *secret));
    added = name;
  }
  if (!added) return std::move(added).error();
  return TestAccount(&office, std::move(*added), kept);
}

TestAccount::~TestAccount() {
  if (office_ == nullptr) return;
  if (const Status deleted = delete_mail(*office_, name_); !deleted)
    static_cast<void>(
        fail(Exit::kIo, "the mail of " + name_ + " stays: " + deleted.error().detail));
  const auto admin = office_->admin();
  if (const Status removed = admin ? (*admin)->remove(name_) : Status(admin.error()); !removed)
    static_cast<void>(fail(Exit::kIo, name_ + " stays: " + removed.error().detail +
                                          "; remove it: restantectl account remove " + name_));
}

}  // namespace restante::ctl
