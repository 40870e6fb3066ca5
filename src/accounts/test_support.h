// For tests only: a folder that goes away, a Directory made of maps that can be told to fail.
#pragma once

#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "accounts/directory.h"
#include "accounts/names/idna.h"
#include "accounts/names/names.h"

namespace restante::accounts {

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "restante-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void write(std::string_view name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary | std::ios::trunc) << text;
  }

 private:
  std::filesystem::path path_;
};

class MemoryDirectory : public Directory {
 public:
  void add(const std::string& name, const std::string& secret = "{PLAIN}secret") {
    Account account;
    account.name = name;
    account.secret = secret;
    accounts[name] = account;
  }

  Result<Account> find(std::string_view name) override {
    ++asked;
    if (broken) return Error(Errc::kIo, "disk is gone");
    const auto found = accounts.find(name);
    if (found == accounts.end()) return Error(Errc::kNotFound);
    return found->second;
  }
  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    if (broken) return Error(Errc::kIo, "disk is gone");
    const auto found = aliases.find(address);
    if (found == aliases.end()) return Error(Errc::kNotFound);
    return found->second;
  }
  Result<Account> find_alike(std::string_view name) override {
    const auto own = meant_by(name, accounts);
    return own ? find(*own) : Error(Errc::kNotFound);
  }
  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    const auto own = meant_by(address, aliases);
    return own ? find_alias(*own) : Error(Errc::kNotFound);
  }
  Result<bool> has_domain(std::string_view domain) override {
    if (broken) return Error(Errc::kIo, "disk is gone");
    for (const auto& [name, account] : accounts)
      if (same_domain(domain_of(name), domain)) return true;
    for (const auto& [address, targets] : aliases)
      if (same_domain(domain_of(address), domain)) return true;
    return false;
  }

  std::map<std::string, Account, std::less<>> accounts;
  std::map<std::string, std::vector<std::string>, std::less<>> aliases;
  bool broken = false;
  bool fold = true;
  int asked = 0;

 private:
  template <typename Named>
  std::optional<std::string> meant_by(std::string_view name, const Named& named) const {
    std::vector<std::string> names;
    for (const auto& [own, value] : named) names.push_back(own);
    const std::string* const chosen = choose_spelling(names, name, fold);
    return chosen == nullptr ? std::nullopt : std::optional(*chosen);
  }
};

}  // namespace restante::accounts
