// Recording the minutes of a meeting (declared in desk.hpp).

#include "client/desk.hpp"

namespace cunzheng::client {

using codec::to_json;

namespace {

Text answer_text(domain::Answer answer) {
  switch (answer) {
    case domain::Answer::yes:
      return {"会议形成有效决定。", "The meeting made a valid decision."};
    case domain::Answer::no:
      return {"会议没有形成有效决定，不能据此出具证明。", "No valid decision: nothing can be issued on it."};
    case domain::Answer::unknown:
      return {"是否有效不能确定，需由人判断。", "It cannot be told whether it is valid: a person decides."};
  }
  return {};
}

}  // namespace

// Minutes of a meeting that decided nothing are recorded too: it took place.
void Desk::deliberate(json::object arguments, Done done) {
  struct Recording {
    journal::DeliberationRecorded body;
    journal::DeliberationPrivate personal;
    domain::MeetingResult result;
    domain::OfficerId head;
    std::string head_file;
  };
  const auto begin = [&]() -> Result<Recording> {
    CHECK(program::only(arguments, {"input", "handler", "head", "head_passphrase_file", "confirm_date"}));
    CHECK(pen_.may_write());
    TRY(const auto input, input_of<DeliberationInput>(arguments));
    TRY(const auto day, today(arguments));
    TRY(const auto law, law_on(books_, day));
    if (!law.quorums) {
      return fail(FailureCode::unavailable,
                  {"本机还没有会议人数规则，请先同步", "the quorum table is not here yet: synchronise"});
    }
    CHECK(domain::check(input.minutes, *law.quorums));
    if (input.minutes.held_on > day) {
      return fail(FailureCode::bad_input, {"会议日期晚于今天", "the meeting lies in the future"}, "minutes.held_on",
                  "R36");
    }
    Recording out;
    out.body.minutes = input.minutes;
    TRY(out.body.handler, handler(arguments, law, day));
    TRY(out.body.head, officer(arguments, "head"));
    CHECK(check_post(law, out.body.head, domain::Post::head, input.minutes.head_signed_on.value_or(day), "head"));
    TRY(out.head_file, program::text_argument(arguments, "head_passphrase_file"));
    out.personal.minutes = input.record;
    out.result = domain::judge_meeting(input.minutes, *law.quorums);
    return out;
  };
  auto recording = begin();
  if (!recording) return done(tl::make_unexpected(std::move(recording).error()));
  const OfficerKeys::Signatory head{recording->body.head, recording->head_file};
  keys_.open({head}, [this, recording = *std::move(recording),
                      done = std::move(done)](Result<std::vector<OfficerKeys::Key>> keys) {
    if (!keys) return done(tl::make_unexpected(std::move(keys).error()));
    auto personal = recording.personal;
    personal.head_signature = crypto::sign(keys->front()->secret, "minutes", codec::encode(recording.body.minutes));
    std::vector<journal::Draft> drafts;
    drafts.push_back(journal::draft_of(recording.body, personal, {}, random_));
    const auto reply = [result = recording.result, journal = pen_.writer().head().journal](const Written& written) {
      const auto code = registers::minutes_code(written.ids.front());
      std::vector<Text> lines{{"会议记录已登记，查验码 " + code, "Minutes recorded, check code " + code},
                              answer_text(result.valid)};
      json::array open;
      for (const auto& line : result.not_met()) {
        open.push_back(json::object{{"id", line.id},
                                    {"label", program::text_json(line.label)},
                                    {"answer", to_json(line.answer)},
                                    {"blocking", line.blocking}});
        if (line.blocking) lines.push_back({"未满足：" + line.label.zh, "Not met: " + line.label.en});
      }
      Reply out;
      out.data = written_json(written, 0, journal);
      out.data["answer"] = "recorded";
      out.data["code"] = code;
      out.data["valid"] = to_json(result.valid);
      out.data["assumed"] = result.assumed;
      out.data["not_met"] = std::move(open);
      out.human = program::joined(lines);
      return out;
    };
    write(std::move(drafts), std::nullopt, reply, done);
  });
}

}  // namespace cunzheng::client
