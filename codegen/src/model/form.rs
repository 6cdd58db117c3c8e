//! What a type allows, in words that fit TypeScript and a schema alike, so that the two can be
//! compared: a list of alternatives, each of one plain form.

/// One of the alternatives; `R` refers to what stands inside.
#[derive(Debug, Clone)]
pub(super) struct Alternative<R> {
    pub(super) form: Form<R>,
    /// Where TypeScript writes it in a union, for what is found out about it.
    pub(super) origin: Option<usize>,
    /// The documentation of a variant, which only the schema has.
    pub(super) docs: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) enum Form<R> {
    /// Nobody knows, or the user has said it in words of their own.
    Any,
    Null,
    Boolean,
    Number {
        /// The integer's type, if JavaScript's numbers do not hold all of its values.
        large: Option<String>,
    },
    Text {
        /// Where TypeScript writes it, for what the schema knows about it.
        place: Option<usize>,
    },
    /// Binary, in a form that the protocol decides.
    Bytes,
    /// A date and time with its offset.
    Moment,
    /// A text or number, as JSON.
    Literal(String),
    List {
        item: R,
        length: Option<usize>,
    },
    Tuple(Vec<R>),
    Object(Object<R>),
}

#[derive(Debug, Clone)]
pub(super) struct Object<R> {
    pub(super) members: Vec<Property<R>>,
    /// The values of all other members, if there can be any.
    pub(super) rest: Option<R>,
}

#[derive(Debug, Clone)]
pub(super) struct Property<R> {
    pub(super) name: String,
    pub(super) optional: bool,
    pub(super) ty: R,
    /// Where TypeScript declares it.
    pub(super) origin: Option<usize>,
}

impl<R> From<Form<R>> for Alternative<R> {
    fn from(form: Form<R>) -> Self {
        Self {
            form,
            origin: None,
            docs: None,
        }
    }
}

impl<R> Form<R> {
    /// Whether there is no point in having the form twice.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(a), Self::Literal(b)) => a == b,
            (Self::Any, Self::Any)
            | (Self::Null, Self::Null)
            | (Self::Boolean, Self::Boolean)
            | (Self::Number { .. }, Self::Number { .. })
            | (Self::Bytes, Self::Bytes)
            | (Self::Moment, Self::Moment)
            | (Self::Text { .. }, Self::Text { .. }) => true,
            _ => false,
        }
    }

    /// In words close to TypeScript's.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Any => "anything".to_owned(),
            Self::Null => "null".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::Number { .. } => "number".to_owned(),
            Self::Text { .. } => "string".to_owned(),
            Self::Bytes => "binary".to_owned(),
            Self::Moment => "date".to_owned(),
            Self::Literal(literal) => literal.clone(),
            Self::List { .. } => "an array".to_owned(),
            Self::Tuple(items) => format!("a tuple of {}", items.len()),
            Self::Object(object) => {
                let names: Vec<_> = object
                    .members
                    .iter()
                    .map(|member| member.name.as_str())
                    .collect();
                match (names.is_empty(), &object.rest) {
                    (true, Some(_)) => "a map".to_owned(),
                    _ => format!("{{ {} }}", names.join(", ")),
                }
            }
        }
    }
}

/// In words close to TypeScript's.
pub(super) fn describe<R>(alternatives: &[Alternative<R>]) -> String {
    if alternatives.is_empty() {
        return "nothing".to_owned();
    }
    let texts: Vec<_> = alternatives
        .iter()
        .map(|alternative| alternative.form.describe())
        .collect();
    texts.join(" | ")
}

/// Leaves out what is there twice, as the second `null` of an option in an option.
pub(super) fn distinct<R>(alternatives: Vec<Alternative<R>>) -> Vec<Alternative<R>> {
    let mut distinct: Vec<Alternative<R>> = Vec::new();
    for alternative in alternatives {
        match distinct
            .iter_mut()
            .find(|known| known.form.is_same(&alternative.form))
        {
            Some(known) => {
                if let (Form::Number { large }, Form::Number { large: Some(other) }) =
                    (&mut known.form, alternative.form)
                {
                    large.get_or_insert(other);
                }
            }
            None => distinct.push(alternative),
        }
    }
    distinct
}

/// What both lists allow.
pub(super) fn both<R: Clone>(
    first: &[Alternative<R>],
    second: &[Alternative<R>],
) -> Vec<Alternative<R>> {
    let mut alternatives = Vec::new();
    for a in first {
        for b in second {
            if let Some(form) = both_forms(&a.form, &b.form) {
                alternatives.push(Alternative {
                    form,
                    origin: a.origin.or(b.origin),
                    docs: a.docs.clone().or_else(|| b.docs.clone()),
                });
            }
        }
    }
    alternatives
}

fn both_forms<R: Clone>(a: &Form<R>, b: &Form<R>) -> Option<Form<R>> {
    match (a, b) {
        (Form::Any, other) | (other, Form::Any) => Some(other.clone()),
        (Form::Object(a), Form::Object(b)) => Some(Form::Object(both_objects(a, b))),
        (Form::Literal(literal), Form::Text { .. })
        | (Form::Text { .. }, Form::Literal(literal)) => Some(Form::Literal(literal.clone())),
        (list @ Form::List { .. }, Form::List { .. })
        | (list @ Form::Tuple(_), Form::Tuple(_) | Form::List { .. }) => Some(list.clone()),
        (a, b) => a.is_same(b).then(|| a.clone()),
    }
}

fn both_objects<R: Clone>(a: &Object<R>, b: &Object<R>) -> Object<R> {
    let mut object = a.clone();
    for member in &b.members {
        match object
            .members
            .iter_mut()
            .find(|known| known.name == member.name)
        {
            Some(known) => known.optional &= member.optional,
            None => object.members.push(member.clone()),
        }
    }
    object.rest = object.rest.or_else(|| b.rest.clone());
    object
}
