//! Who is in which room, and what was said there lately. Knows nothing of connections but their ids.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chat_contract::{ChatMessage, RoomSummary, RoomView};
use chrono::Utc;
use hub_runtime::HubError;

/// The most characters in the name of a person or a room.
pub(crate) const LONGEST_NAME: usize = 32;
const LONGEST_TEXT: usize = 2_000;
const MOST_ROOMS: usize = 200;
const KEPT_MESSAGES: usize = 50;
/// Rooms that are there even when nobody is in them.
const PERMANENT: [&str; 3] = ["lobby", "music", "rust"];

pub(crate) struct Rooms {
    rooms: BTreeMap<String, Room>,
}

#[derive(Default)]
struct Room {
    /// Names by connection: a person with two pages open is there twice, and listed once.
    members: HashMap<String, String>,
    messages: VecDeque<ChatMessage>,
    last_id: u32,
}

impl Default for Rooms {
    fn default() -> Self {
        let rooms = PERMANENT.map(|name| (name.to_owned(), Room::default()));
        Self {
            rooms: rooms.into(),
        }
    }
}

impl Rooms {
    pub(crate) fn summaries(&self) -> Vec<RoomSummary> {
        let summary = |(name, room): (&String, &Room)| RoomSummary {
            name: name.clone(),
            members: room.users().len() as u32,
        };
        self.rooms.iter().map(summary).collect()
    }

    pub(crate) fn enter(
        &mut self,
        name: &str,
        connection_id: &str,
        user: &str,
    ) -> Result<RoomView, HubError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(HubError::new("The name of a room has 1 to 32 characters."));
        }
        if !self.rooms.contains_key(name) && self.rooms.len() >= MOST_ROOMS {
            return Err(HubError::new("There are too many rooms already."));
        }
        let room = self.rooms.entry(name.to_owned()).or_default();
        room.members
            .insert(connection_id.to_owned(), user.to_owned());
        let messages = room.messages.iter().cloned().collect();
        Ok(RoomView {
            name: name.to_owned(),
            users: room.users(),
            messages,
        })
    }

    /// The people who are left, unless the connection was not there.
    pub(crate) fn leave(&mut self, name: &str, connection_id: &str) -> Option<Vec<String>> {
        let room = self.rooms.get_mut(name)?;
        room.members.remove(connection_id)?;
        let users = room.users();
        if users.is_empty() && !PERMANENT.contains(&name) {
            self.rooms.remove(name);
        }
        Some(users)
    }

    /// The rooms that the connection was in, each with the people who are left.
    pub(crate) fn leave_all(&mut self, connection_id: &str) -> Vec<(String, Vec<String>)> {
        let names: Vec<String> = self.rooms.keys().cloned().collect();
        let leave = |name: String| self.leave(&name, connection_id).map(|users| (name, users));
        names.into_iter().filter_map(leave).collect()
    }

    /// The name of the connection's user, if it is in the room.
    pub(crate) fn member(&self, name: &str, connection_id: &str) -> Result<&str, HubError> {
        let member = self
            .rooms
            .get(name)
            .and_then(|room| room.members.get(connection_id));
        member
            .map(String::as_str)
            .ok_or_else(|| HubError::new("Enter the room first."))
    }

    pub(crate) fn say(
        &mut self,
        name: &str,
        connection_id: &str,
        text: &str,
    ) -> Result<ChatMessage, HubError> {
        let user = self.member(name, connection_id)?.to_owned();
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST_TEXT {
            return Err(HubError::new("A message has 1 to 2000 characters."));
        }
        let room = self.rooms.entry(name.to_owned()).or_default();
        Ok(room.keep(name, user, text))
    }
}

impl Room {
    fn users(&self) -> Vec<String> {
        let users: BTreeSet<&String> = self.members.values().collect();
        users.into_iter().cloned().collect()
    }

    fn keep(&mut self, room: &str, user: String, text: &str) -> ChatMessage {
        self.last_id += 1;
        let (room, text) = (room.to_owned(), text.to_owned());
        let message = ChatMessage {
            id: self.last_id,
            room,
            user,
            text,
            sent_at: Utc::now(),
        };
        self.messages.push_back(message.clone());
        if self.messages.len() > KEPT_MESSAGES {
            self.messages.pop_front();
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(rooms: &Rooms) -> Vec<String> {
        rooms
            .summaries()
            .into_iter()
            .map(|room| room.name)
            .collect()
    }

    #[test]
    fn a_person_with_two_pages_is_listed_once_until_both_have_left() {
        let mut rooms = Rooms::default();
        rooms.enter("lobby", "c1", "Ann").unwrap();
        let view = rooms.enter("lobby", "c2", "Ann").unwrap();
        assert_eq!(view.users, ["Ann"]);
        assert_eq!(rooms.leave("lobby", "c1"), Some(vec!["Ann".into()]));
        assert_eq!(rooms.leave("lobby", "c2"), Some(vec![]));
        assert_eq!(rooms.leave("lobby", "c2"), None);
    }

    #[test]
    fn an_opened_room_closes_with_its_last_member() {
        let mut rooms = Rooms::default();
        assert_eq!(rooms.enter("  tea ", "c1", "Ann").unwrap().name, "tea");
        assert_eq!(names(&rooms), ["lobby", "music", "rust", "tea"]);
        assert_eq!(rooms.leave_all("c1"), [("tea".into(), vec![])]);
        assert_eq!(names(&rooms), PERMANENT);
    }

    #[test]
    fn only_members_speak_and_newcomers_read_what_was_said() {
        let mut rooms = Rooms::default();
        assert!(rooms.say("lobby", "c1", "hello").is_err());
        rooms.enter("lobby", "c1", "Ann").unwrap();
        for number in 0..=KEPT_MESSAGES {
            rooms.say("lobby", "c1", &number.to_string()).unwrap();
        }
        let seen = rooms.enter("lobby", "c2", "Bea").unwrap().messages;
        assert_eq!((seen.len(), seen[0].text.as_str()), (KEPT_MESSAGES, "1"));
    }

    #[test]
    fn names_and_texts_have_limits() {
        let mut rooms = Rooms::default();
        assert!(rooms.enter(" ", "c1", "Ann").is_err());
        assert!(
            rooms
                .enter(&"x".repeat(LONGEST_NAME + 1), "c1", "Ann")
                .is_err()
        );
        rooms.enter("lobby", "c1", "Ann").unwrap();
        assert!(rooms.say("lobby", "c1", " \n").is_err());
        assert!(rooms.say("lobby", "c1", &"ä".repeat(LONGEST_TEXT)).is_ok());
        assert!(
            rooms
                .say("lobby", "c1", &"ä".repeat(LONGEST_TEXT + 1))
                .is_err()
        );
    }
}
