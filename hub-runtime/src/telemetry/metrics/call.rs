use super::CallEnd;
use super::recorded::Handles;
use crate::server::state::HubState;
use std::sync::Arc;
use std::time::Instant;

/// A call as the metrics see it. Dropped before its end it counts as cancelled.
pub(crate) struct MeteredCall {
    handles: Arc<Handles>,
    /// Its number and its name, unless there is no such method.
    method: Option<(usize, &'static str)>,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    Received,
    Waiting,
    /// Since when.
    Started(Instant),
    /// Beside others, in a task of its own.
    Running(Instant),
    Ended,
}

impl MeteredCall {
    pub(crate) fn begin(hub: &HubState, target: &str) -> Self {
        let method = hub.hub().find(target);
        Self {
            handles: Arc::clone(hub.metrics().handles()),
            method: method.map(|(method, description)| (method, description.wire_name)),
            stage: Stage::Received,
        }
    }

    pub(crate) fn waits(&mut self) {
        self.enter(Stage::Waiting);
    }

    pub(crate) fn starts(&mut self) {
        self.enter(Stage::Started(Instant::now()));
    }

    pub(crate) fn goes_on(&mut self) {
        if let Stage::Started(since) = self.stage {
            self.enter(Stage::Running(since));
        }
    }

    pub(crate) fn ends(&mut self, end: CallEnd) {
        if let Stage::Started(since) | Stage::Running(since) = self.stage
            && end != CallEnd::Refused
        {
            self.handles.took(self.method, since.elapsed());
        }
        self.enter(Stage::Ended);
        self.handles.ended(self.method, end);
    }

    /// Keeps the gauges right, whatever comes after what.
    fn enter(&mut self, stage: Stage) {
        match self.stage {
            Stage::Waiting => self.handles.waiting.decrement(1),
            Stage::Running(_) => self.handles.running.decrement(1),
            _ => {}
        }
        match stage {
            Stage::Waiting => self.handles.waiting.increment(1),
            Stage::Running(_) => self.handles.running.increment(1),
            _ => {}
        }
        self.stage = stage;
    }
}

impl Drop for MeteredCall {
    fn drop(&mut self) {
        if !matches!(self.stage, Stage::Ended) {
            self.ends(CallEnd::Cancelled);
        }
    }
}
