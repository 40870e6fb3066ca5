#include "archive/message_text.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "documents/document_text.h"
#include "text/charset.h"
#include "text/flowed.h"

namespace restante::archive {
namespace {

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
}

std::string plain_text(const MimeMessage& message, const MimePart& part, std::size_t bytes_max) {
  const auto read = message.text_of(part.number, bytes_max);
  if (!read) return {};
  if (part.is_flowed) return text::unflow(*read, part.delete_space);
  std::string lines;
  lines.reserve(read->size());
  for (std::size_t i = 0; i < read->size(); ++i) {
    const bool ends_line = (*read)[i] == '\r' && i + 1 < read->size() && (*read)[i + 1] == '\n';
    if (!ends_line) lines += (*read)[i];
  }
  if (!lines.empty() && !lines.ends_with('\n')) lines += '\n';
  return lines;
}

std::string text_from_html(const MimeMessage& message, const MimePart& part, text::Links links,
                           std::size_t bytes_max) {
  // Markup is several times its text.
  const auto read = message.text_of(part.number, 8 * bytes_max);
  return read ? text::html_to_text(*read, links, bytes_max) : std::string();
}

std::string text_of_document(const MimeMessage& message, const MimePart& part,
                             std::size_t bytes_max) {
  std::string octets;
  const Status sent = message.send_part(part.number, [&](std::string_view piece) -> Status {
    if (octets.size() + piece.size() > text::kDocumentBytesMax)
      return Error(Errc::kLimit, "a document that is too large");
    octets += piece;
    return ok();
  });
  if (!sent) return {};
  return text::document_text(octets, part.type, part.name, bytes_max);
}

/// Of each group of alternatives the part to read: the first text of this type that is not blank,
/// else the first that is not blank, else the first.
std::unordered_map<unsigned, const MimePart*> best_alternatives(const MimeMessage& message,
                                                                std::string_view type) {
  std::unordered_map<unsigned, std::pair<int, const MimePart*>> rated;
  for (const MimePart& part : message.parts()) {
    if (part.alternative == 0 || part.is_attachment) continue;
    const auto start = message.text_of(part.number, 4096);
    const int rating = !start || is_blank(*start) ? 1 : part.type == type ? 3 : 2;
    auto& best = rated[part.alternative];
    if (rating > best.first) best = {rating, &part};
  }
  std::unordered_map<unsigned, const MimePart*> best;
  for (const auto& [alternative, part] : rated) best[alternative] = part.second;
  return best;
}

/// The parts to read, in order: one branch of each group of alternatives.
std::vector<const MimePart*> chosen_parts(const MimeMessage& message, std::string_view type) {
  const auto best = best_alternatives(message, type);
  std::vector<const MimePart*> chosen;
  for (const MimePart& part : message.parts()) {
    if (part.is_attachment && !part.is_message) continue;
    const auto found = best.find(part.alternative);
    if (found == best.end() || found->second->branch == part.branch) chosen.push_back(&part);
  }
  return chosen;
}

std::string message_heading(const Headers& headers) {
  std::string heading = "\n---- message ----\n";
  if (!headers.from.empty()) heading += "From: " + headers.from + "\n";
  if (!headers.to.empty()) heading += "To: " + headers.to + "\n";
  if (!headers.subject.empty()) heading += "Subject: " + headers.subject + "\n";
  return heading + "\n";
}

}  // namespace

std::string body_text(const MimeMessage& message, text::Links links, std::size_t bytes_max) {
  std::string body;
  for (const MimePart* const part : chosen_parts(message, "text/plain")) {
    if (body.size() >= bytes_max) break;
    const std::size_t left = bytes_max - body.size();
    if (part->is_message) {
      body += message_heading(message.headers_of(part->number));
    } else {
      body += part->type == "text/html" ? text_from_html(message, *part, links, left)
                                        : plain_text(message, *part, left);
    }
  }
  return std::string(text::cut_utf8(body, bytes_max));
}

text::CleanHtml body_html(const MimeMessage& message, std::size_t bytes_max) {
  text::CleanHtml body;
  for (const MimePart* const part : chosen_parts(message, "text/html")) {
    if (body.html.size() >= bytes_max) break;
    const std::size_t left = bytes_max - body.html.size();
    if (part->is_message) {
      body.html += "<hr><pre>" +
                   text::escape_html(message_heading(message.headers_of(part->number))) +
                   "</pre>\n";
    } else if (part->type == "text/html") {
      const auto read = message.text_of(part->number, left);
      const text::CleanHtml clean = read ? text::clean_html(*read, left) : text::CleanHtml{"", 0};
      body.html += "<div>" + clean.html + "</div>\n";
      body.remote_images += clean.remote_images;
    } else {
      body.html += "<pre>" + text::escape_html(plain_text(message, *part, left)) + "</pre>\n";
    }
  }
  return body;
}

std::string attachment_words(const MimeMessage& message, std::size_t bytes_max) {
  std::string words;
  for (const MimePart& part : message.parts()) {
    if (part.is_attachment && words.size() < bytes_max) words += part.name + "\n";
  }
  for (const MimePart& part : message.parts()) {
    if (!part.is_attachment || part.is_message) continue;
    if (words.size() >= bytes_max) break;
    const std::size_t left = bytes_max - words.size();
    if (text::is_document(part.type, part.name)) {
      words += text_of_document(message, part, left) + "\n";
    } else if (part.type.starts_with("text/")) {
      words += part.type == "text/html" ? text_from_html(message, part, text::Links::kLeftOut, left)
                                        : plain_text(message, part, left);
    }
  }
  return std::string(text::cut_utf8(words, bytes_max));
}

}  // namespace restante::archive
