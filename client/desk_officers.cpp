// Officers' keys on this laptop (declared in desk.hpp).

#include "client/desk.hpp"

namespace cunzheng::client {

// The key is made here and never leaves; the district appoints its holder by it.
void Desk::add_officer(json::object arguments, Done done) {
  const auto begin = [&]() -> Result<std::pair<std::string, std::string>> {
    CHECK(program::only(arguments, {"name", "officer_passphrase_file"}));
    CHECK(pen_.may_write());
    TRY(const auto name, program::text_argument(arguments, "name"));
    if (!is_utf8(name) || has_control_characters(name) || code_points(name) > domain::name_characters_max) {
      return fail(FailureCode::bad_input, {"姓名应为一行文字，最多64字", "a name is one line of at most 64 characters"},
                  "name");
    }
    for (const auto& [id, known] : books_.facts().officers_of(books_.body())) {
      if (known.name != trimmed(name)) continue;
      return fail(
          FailureCode::conflict,
          {"已有同名的工作人员，请在姓名后加以区别", "there is an officer of that name already: tell them apart"},
          "name");
    }
    TRY(const auto file, program::text_argument(arguments, "officer_passphrase_file"));
    return std::pair(trimmed(name), file);
  };
  auto begun = begin();
  if (!begun) return done(tl::make_unexpected(std::move(begun).error()));
  keys_.make(begun->second, [this, name = begun->first, done = std::move(done)](Result<OfficerKeys::Key> made) {
    if (!made) return done(tl::make_unexpected(std::move(made).error()));
    const auto& pair = **made;
    const auto id = program::officer_id(pair.public_key);
    const auto journal = pen_.writer().head().journal;
    const journal::OfficerKeyMade body{id, pair.public_key, crypto::sign(pair.secret, "officer-key", journal.value())};
    std::vector<journal::Draft> drafts;
    drafts.push_back(journal::draft_of(body, {name}, {}, random_));
    const auto reply = [body, journal](const Written& written) {
      const auto id_text = to_hex(body.officer.value());
      Reply out;
      out.data = written_json(written, 0, journal);
      out.data["answer"] = "recorded";
      out.data["officer"] = id_text;
      out.data["public_key"] = to_hex(body.key.value());
      out.human = {"密钥已生成，编号 " + id_text + "。同步后请区里办理任职登记。",
                   "Key made, id " + id_text + ". Synchronise, then the district enters the appointment."};
      return out;
    };
    write(std::move(drafts), std::nullopt, reply, done);
  });
}

}  // namespace cunzheng::client
