#include "hub/casework.hpp"

#include "shared/domain/identifiers.hpp"
#include "sync/program/key_file.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace cunzheng::hub {
namespace {

using journal::EntryId;

auto bad(std::string field, Text what, std::string rule = {}) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), std::move(rule));
}

tl::unexpected<Failure> no_such_body() {
  return fail(FailureCode::not_found, {"没有这个村（居）委会", "no such committee"}, "body");
}

// One line of ordinary text.
Status check_line(const std::string& text, std::size_t least, std::size_t most, const std::string& field) {
  if (has_control_characters(text)) return bad(field, {"含有控制字符", "holds control characters"});
  const auto length = code_points(text);
  if (length < least || trimmed(text).size() != text.size()) {
    return bad(field, {"不能空着，前后不能有空格", "must not be empty, nor begin or end with a blank"});
  }
  if (length > most) {
    const auto limit = std::to_string(most);
    return bad(field, {"最多" + limit + "个字", "at most " + limit + " characters"});
  }
  return {};
}

bool is_body_id(const std::string& id) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !id.empty() && id.size() <= 32 && id.front() != '-' && std::all_of(id.begin(), id.end(), fits);
}

bool is_code12(const std::string& code) {
  return code.size() == 12 && std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What is called when one draft was to be written.
Ledger::Written one_id(Casework::Written done) {
  return [done = std::move(done)](const Result<std::vector<EntryId>>& ids) {
    if (!ids) return done(tl::make_unexpected(ids.error()));
    done(ids->front());
  };
}

template <class... Drafts>
std::vector<journal::Draft> drafts_of(Drafts... drafts) {
  std::vector<journal::Draft> out;
  (out.push_back(std::move(drafts)), ...);
  return out;
}

}  // namespace

Casework::Casework(link::Loop& loop, store::StoreThread& store, Projector& projector, Ledger& ledger,
                   const Directory& directory, const Clock& clock, Random& random,
                   std::function<void(const crypto::PublicKey&)> device_revoked)
    : loop_(loop),
      store_(store),
      projector_(projector),
      ledger_(ledger),
      directory_(directory),
      clock_(clock),
      random_(random),
      device_revoked_(std::move(device_revoked)) {}

// ---- committees

Status Casework::check_body(const journal::BodyDescribed& body) const {
  if (!is_body_id(body.body)) {
    return bad("body", {"编号用小写字母、数字和连字符，最多32个", "small letters, digits and hyphens, at most 32"});
  }
  CHECK(check_line(body.full_name, 1, 80, "full_name"));
  if (!body.full_name.ends_with("村民委员会") && !body.full_name.ends_with("居民委员会")) {
    return bad("full_name", {"全称应以“村民委员会”或“居民委员会”结尾", "must end with 村民委员会 or 居民委员会"}, "R3");
  }
  CHECK(check_line(body.short_name, 1, 20, "short_name"));
  CHECK(check_line(body.phone, 0, 40, "phone"));
  if (!is_code12(body.code12)) return bad("code12", {"应为12位数字", "must be 12 digits"});
  // Numbers of certificates are made of this code and a letter: two committees with one code would share numbers.
  for (const auto& other : directory_.facts().bodies()) {
    const auto described = directory_.facts().body_on(other, body.from);
    if (other == body.body || !described) continue;
    if (described->code12 == body.code12) {
      return fail(FailureCode::conflict, {"这个代码已属于" + described->short_name, "this code belongs to " + other},
                  "code12", "O3");
    }
    if (described->credit_code == body.credit_code) {
      return fail(FailureCode::conflict, {"这个代码已属于" + described->short_name, "this code belongs to " + other},
                  "credit_code", "R2");
    }
  }
  return {};
}

void Casework::describe(journal::BodyDescribed body, Written done) {
  auto code = domain::check_credit_code(body.credit_code, "credit_code");
  if (!code) return done(tl::make_unexpected(std::move(code).error()));
  body.credit_code = *std::move(code);
  if (auto checked = check_body(body); !checked) return done(tl::make_unexpected(std::move(checked).error()));
  ledger_.write(body_journal(body.body), drafts_of(journal::draft_of(body, {}, {}, random_)), one_id(std::move(done)));
}

bool Casework::knows_body(const std::string& body) const {
  const auto known = directory_.facts().bodies();
  return std::find(known.begin(), known.end(), body) != known.end();
}

void Casework::add_body(journal::BodyDescribed body, Written done) {
  if (knows_body(body.body)) {
    return done(fail(FailureCode::conflict,
                     {"这个编号已有村（居）委会，编号不重复使用", "that id is taken; ids are never reused"}, "body"));
  }
  describe(std::move(body), std::move(done));
}

void Casework::change_body(journal::BodyDescribed body, Written done) {
  if (!knows_body(body.body)) return done(no_such_body());
  describe(std::move(body), std::move(done));
}

// ---- officers

Result<domain::OfficerId> Casework::find_officer(const std::string& body, const std::string& named) const {
  std::vector<domain::OfficerId> found;
  for (const auto& [id, officer] : directory_.facts().officers_of(body)) {
    const bool by_id = named.size() >= 8 && to_hex(id.value()).starts_with(named);
    if (by_id || (!named.empty() && officer.name == named)) found.push_back(id);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return fail(FailureCode::not_found,
                {"该村没有送来这个人的密钥，请先在村里的电脑上建立并同步",
                 "no key of that officer has come from that committee: make it on the laptop and sync"},
                "officer");
  }
  return bad("officer", {"不止一人，请用人员编号", "more than one officer; give the id"});
}

// Looks at every day of the term on which the posts of the committee change.
Status Casework::check_term(const std::string& body, const domain::Appointment& term) const {
  std::vector<domain::Appointment> all;
  for (const auto& each : directory_.facts().appointments(body)) all.push_back(each.appointment);
  std::set<CivilDate> days{term.from};
  for (const auto& each : all) {
    if (term.from <= each.from && (!term.to || each.from <= *term.to)) days.insert(each.from);
  }
  all.push_back(term);
  const domain::Posts posts(std::move(all));
  for (const auto& day : days) {
    if (term.post == domain::Post::head && !posts.head_on(day)) {
      return fail(FailureCode::refused,
                  {day.text() + "起已有另一名负责人任职，请换一个起日，或者先给原任加上止日",
                   "another head's term begins on " + day.text() + ": take another first day, or end that term first"},
                  "from", "R4");
    }
    const bool is_head = posts.head_on(day) == term.officer;
    if (is_head && posts.holds(term.officer, domain::Post::seal_keeper, day)) {
      return fail(FailureCode::refused,
                  {"负责人和印章保管人应当是两个人（" + day.text() + "）",
                   "the head and the keeper of the seal are two people (" + day.text() + ")"},
                  "post", "R113");
    }
  }
  return {};
}

void Casework::appoint(const AppointmentOrder& order, Written done) {
  if (!knows_body(order.body)) return done(no_such_body());
  journal::OfficerAppointed appointed;
  journal::OfficerKeyPrivate personal{order.name};
  if (order.key) {
    if (auto sound = crypto::check_public_key(*order.key, "key"); !sound) {
      return done(tl::make_unexpected(std::move(sound).error()));
    }
    appointed.key = *order.key;
  } else {
    const auto found = find_officer(order.body, order.officer);
    if (!found) return done(tl::make_unexpected(found.error()));
    const auto known = directory_.facts().officers_of(order.body).at(*found);
    appointed.key = known.key;
    if (personal.name.empty()) personal.name = known.name;
  }
  if (auto named = check_line(personal.name, 1, 40, "name"); !named) {
    return done(tl::make_unexpected(std::move(named).error()));
  }
  if (order.to && *order.to < order.from) {
    return done(bad("to", {"止日早于起日", "ends before it begins"}, "R4"));
  }
  appointed.appointment = {program::officer_id(appointed.key), order.post, order.from, order.to};
  if (auto fits = check_term(order.body, appointed.appointment); !fits) {
    return done(tl::make_unexpected(std::move(fits).error()));
  }
  ledger_.write(body_journal(order.body), drafts_of(journal::draft_of(appointed, personal, {}, random_)),
                one_id(std::move(done)));
}

// ---- laptops

Result<crypto::PublicKey> Casework::find_device(const std::string& body, const std::string& named) const {
  std::vector<const registers::Device*> found;
  for (const auto* device : directory_.facts().devices_of(body)) {
    const auto& enrolled = device->enrolled;
    if (enrolled.series == named || to_hex(enrolled.key.value()) == named) return enrolled.key;
    if (enrolled.label == named) found.push_back(device);
  }
  if (found.empty())
    return fail(FailureCode::not_found, {"该村没有这台电脑", "that committee has no such device"}, "device");
  if (found.size() > 1) {
    return bad("device",
               {"有几台电脑叫这个名字，请用编号字母", "several devices have that label; give the series letter"});
  }
  return found.front()->enrolled.key;
}

void Casework::revoke(const RevocationOrder& order, Written done) {
  const auto key = find_device(order.body, order.device);
  if (!key) return done(tl::make_unexpected(key.error()));
  journal::DeviceRevoked revoked{*key, std::nullopt, order.reason, clock_.now()};
  const auto journal = directory_.journal_of_device(*key);
  const auto end = journal ? directory_.end_of(*journal) : std::nullopt;
  if (std::holds_alternative<RevocationOrder::AllHeld>(order.last_trusted)) revoked.last_trusted = end;
  const auto* seq = std::get_if<journal::Seq>(&order.last_trusted);
  if (seq == nullptr) return write_revocation(order.body, revoked, std::move(done));
  if (!end || *seq > end->seq) {
    const auto held = end ? std::to_string(end->seq) : std::string("-");
    return done(bad("last_trusted", {"中心只收到第" + held + "条", "the hub holds entries up to " + held}));
  }
  store_.run([this, revoked, body = order.body, place = store::Place{*journal, *seq},
              done = std::move(done)](store::EntryStore& store) mutable {
    const auto stored = store.item(place);
    loop_.post([this, revoked, body, place, stored, done = std::move(done)]() mutable {
      if (!stored) return done(tl::make_unexpected(stored.error()));
      revoked.last_trusted = journal::Head{place.journal, place.seq, stored->item.id};
      write_revocation(body, revoked, std::move(done));
    });
  });
}

void Casework::write_revocation(const std::string& body, const journal::DeviceRevoked& revoked, Written done) {
  ledger_.write(body_journal(body), drafts_of(journal::draft_of(revoked, {}, {}, random_)),
                one_id([this, key = revoked.key, done = std::move(done)](const Result<EntryId>& id) {
                  if (id) device_revoked_(key);
                  done(id);
                }));
}

// ---- findings

void Casework::rule(const RulingOrder& order, const Signatory& officer, Written done) {
  if (auto certified = check_certified(directory_.facts(), officer); !certified) {
    return done(tl::make_unexpected(std::move(certified).error()));
  }
  if (trimmed(order.reason).empty()) {
    return done(bad("reason", {"请写明理由", "a ruling needs its reason"}, "R100"));
  }
  if (code_points(order.reason) > 2000 || has_control_characters(order.reason)) {
    return done(bad("reason", {"应为一行文字，最多2000个字", "one line of at most 2000 characters"}));
  }
  const auto today = local_date(clock_.now());
  journal::RulingMade ruling{order.finding, order.outcome, officer.id, {}, order.decided_on.value_or(today)};
  if (ruling.decided_on > today) return done(bad("decided_on", {"日期还没有到", "that day has not come"}));
  ruling.signature = crypto::sign(officer.keys.secret, "ruling", ruling.signed_bytes());
  projector_.read([this, ruling, reason = order.reason,
                   done = std::move(done)](const Result<const registers::Projection*>& projection) {
    const auto found = [&]() -> Result<std::optional<registers::Finding>> {
      if (!projection) return tl::make_unexpected(projection.error());
      return (*projection)->finding(ruling.finding);
    }();
    loop_.post([this, ruling, reason, found, done] {
      if (!found) return done(tl::make_unexpected(found.error()));
      if (!*found) return done(fail(FailureCode::not_found, {"没有这项提示", "no such finding"}, "finding"));
      write_ruling(ruling, reason, **found, done);
    });
  });
}

void Casework::write_ruling(const journal::RulingMade& ruling, const std::string& reason,
                            const registers::Finding& finding, Written done) {
  const auto& allowed = finding.allowed;
  if (std::find(allowed.begin(), allowed.end(), ruling.outcome) == allowed.end()) {
    std::string names;
    for (const auto each : allowed) names += (names.empty() ? "" : ", ") + std::string(codec::name_of(each));
    return done(
        bad("outcome", {"这类提示只能处理为：" + names, "this finding can only be answered by: " + names}, "R100"));
  }
  if (finding.withdrawn_by) {
    return done(
        fail(FailureCode::conflict, {"这项提示已不成立，不必处理", "the ground of this finding is gone"}, "finding"));
  }
  if (finding.body.empty()) {
    return done(fail(FailureCode::unavailable,
                     {"还不知道这项提示属于哪个村", "it is not known yet which committee it concerns"}, "finding"));
  }
  auto drafts = drafts_of(journal::draft_of(ruling, {reason}, finding.subject, random_));
  if (finding.rule == registers::FindingRule::commitment_excluded &&
      ruling.outcome == journal::RulingOutcome::revoked) {
    const journal::CommitmentAnswered answer{domain::CommitmentState::not_accepted_excluded, ruling.decided_on};
    drafts.push_back(journal::draft_of(answer, {}, finding.subject, random_));
  }
  ledger_.write(body_journal(finding.body), std::move(drafts), one_id(std::move(done)));
}

}  // namespace cunzheng::hub
