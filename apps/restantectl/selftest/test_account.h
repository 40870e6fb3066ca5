// The account whose mail the self-test sends and collects: a given one, or one made for it.
#pragma once

#include <memory>
#include <string>

#include "base/secret_string.h"
#include "restantectl/office.h"

namespace restante::ctl {

/// One that was made is removed, with its mail, at the end of its life.
class TestAccount {
 public:
  /// Made in the database of accounts, as restante-selftest in the default domain. Errors: kState
  /// (these accounts are kept elsewhere), kExists, as AccountAdmin.
  static Result<TestAccount> make(Office& office);
  static TestAccount given(std::string name, SecretString password) {
    return {nullptr, std::move(name), std::move(password)};
  }
  ~TestAccount();
  TestAccount(TestAccount&& other) noexcept
      : office_(std::exchange(other.office_, nullptr)),
        name_(std::move(other.name_)),
        password_(std::move(other.password_)) {}
  TestAccount& operator=(TestAccount&&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const SecretString& password() const { return password_; }

 private:
  TestAccount(Office* office, std::string name, SecretString password)
      : office_(office), name_(std::move(name)), password_(std::move(password)) {}

  Office* office_;  // Null: not ours to remove.
  std::string name_;
  SecretString password_;
};

}  // namespace restante::ctl
