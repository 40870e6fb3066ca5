// Settings as an operator of tests has them.
#pragma once

#include "autoconfig/settings.h"

namespace restante::autoconfig {

inline Settings test_settings() {
  Settings out;
  out.domains = {"example.com", "example.org"};
  out.name = "Ann & Bob <Mail>";
  out.hostname = "mail.example.com";
  out.pop3s_port = 995;
  out.pop3_port = 110;
  out.submissions = config::FarAddress{"smtp.example.com", 465, false};
  out.submission = config::FarAddress{"smtp.example.com", 587, false};
  return out;
}

}  // namespace restante::autoconfig
