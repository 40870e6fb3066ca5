#include "server/delivery/notice.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "mail/address.h"
#include "server/delivery/spool.h"

namespace restante::server {
namespace {

bool all_ascii(const std::string& text) { return std::all_of(text.begin(), text.end(), is_ascii); }

}  // namespace

std::string notice_header(const std::string& account, const NoticeTitle& title) {
  const std::string owner = mail::to_wire(account);
  const std::string domain(mail::split_address(account).domain);
  std::string text = "Return-Path: <>\r\n";
  text += "Delivered-To: " + owner + "\r\n";
  text += "Date: " + to_rfc5322(title.time) + "\r\n";
  text += "From: postmaster@" + domain + "\r\n";
  text += "To: " + owner + "\r\n";
  text += "Subject: " + std::string(title.subject) + "\r\n";
  text += fmt::format("Message-ID: <{}.{}@{}>\r\n", title.kind,
                      title.time.time_since_epoch().count(), domain);
  text += "Auto-Submitted: auto-generated\r\n";  // RFC 3834 s.5
  text += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
  text += "Content-Transfer-Encoding: 8bit\r\n\r\n";
  return text;
}

Status put_notice(maildrop::Store& store, const std::string& account, std::string text,
                  WallTime now) {
  Spool body({});
  const std::uint64_t octets = text.size();
  const bool utf8 = !all_ascii(text.substr(0, text.find("\r\n\r\n")));
  maildrop::NewMessage message(std::move(text), body, octets);
  message.arrived = now;
  message.flags.utf8_header = utf8;
  RESTANTE_CHECKED(store.deliver(account, message));
  return ok();
}

}  // namespace restante::server
