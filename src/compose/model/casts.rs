//! The fields in which Docker Compose does not take every text. Some it turns into numbers and booleans as soon
//! as they are interpolated (`loader/interpolate.go` of compose-go); the others it looks at in the end, so that
//! what an override replaced does not count.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a field wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cast {
    Integer,
    Float,
    Boolean,
    /// An image, where nothing is built.
    Image,
    /// Anything but nothing.
    Something,
    /// A number of bytes: `512m`.
    Size,
    /// `1m30s`
    Duration,
    /// A number, in the end.
    Number,
    /// `source:target[:mode]`: no part is empty.
    Mount,
    /// `[[host:]published:]target`: there is a target.
    Port,
    /// `host:address`: there is a host.
    Host,
    /// `service:name`: there is a name.
    Mode,
}

impl Cast {
    pub(super) fn fits(self, text: &str) -> bool {
        let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        match self {
            Self::Integer => text.parse::<i64>().is_ok(),
            Self::Float | Self::Number => text.parse::<f64>().is_ok(),
            Self::Image | Self::Something => !text.is_empty(),
            Self::Boolean => ["true", "false", "y", "yes", "on", "n", "no", "off"]
                .iter()
                .any(|b| b.eq_ignore_ascii_case(text)),
            Self::Size | Self::Duration => starts_with_digit(text.trim_start_matches(['-', '+', '.'])),
            Self::Mount => text.split(':').all(|part| !part.is_empty()),
            Self::Port => !text.is_empty() && !text.ends_with(':'),
            Self::Mode => !text.ends_with(':'),
            Self::Host => !text.is_empty() && !text.starts_with([':', '=']),
        }
    }

    /// Whether it counts before merging, also in what an override replaces.
    pub(super) fn is_immediate(self) -> bool {
        match self {
            Self::Integer | Self::Float | Self::Boolean => true,
            Self::Image
            | Self::Something
            | Self::Size
            | Self::Duration
            | Self::Number
            | Self::Mount
            | Self::Port
            | Self::Host
            | Self::Mode => false,
        }
    }
}

const FIELDS: &[(&str, Cast)] = &[
    ("services.*.cpu_count", Cast::Integer),
    ("services.*.cpu_percent", Cast::Float),
    ("services.*.cpu_period", Cast::Integer),
    ("services.*.cpu_quota", Cast::Integer),
    ("services.*.cpu_rt_period", Cast::Integer),
    ("services.*.cpu_rt_runtime", Cast::Integer),
    ("services.*.cpus", Cast::Float),
    ("services.*.cpu_shares", Cast::Integer),
    ("services.*.image", Cast::Image),
    ("services.*.init", Cast::Boolean),
    ("services.*.depends_on.*.required", Cast::Boolean),
    ("services.*.depends_on.*.restart", Cast::Boolean),
    ("services.*.deploy.replicas", Cast::Integer),
    ("services.*.deploy.update_config.parallelism", Cast::Integer),
    ("services.*.deploy.update_config.max_failure_ratio", Cast::Float),
    ("services.*.deploy.rollback_config.parallelism", Cast::Integer),
    ("services.*.deploy.rollback_config.max_failure_ratio", Cast::Float),
    ("services.*.deploy.restart_policy.max_attempts", Cast::Integer),
    ("services.*.deploy.placement.max_replicas_per_node", Cast::Integer),
    ("services.*.healthcheck.retries", Cast::Integer),
    ("services.*.healthcheck.disable", Cast::Boolean),
    ("services.*.oom_kill_disable", Cast::Boolean),
    ("services.*.oom_score_adj", Cast::Integer),
    ("services.*.pids_limit", Cast::Integer),
    ("services.*.ports.[].target", Cast::Integer),
    ("services.*.privileged", Cast::Boolean),
    ("services.*.read_only", Cast::Boolean),
    ("services.*.scale", Cast::Integer),
    ("services.*.stdin_open", Cast::Boolean),
    ("services.*.tty", Cast::Boolean),
    ("services.*.ulimits.*", Cast::Integer),
    ("services.*.ulimits.*.hard", Cast::Integer),
    ("services.*.ulimits.*.soft", Cast::Integer),
    ("services.*.volumes.[].read_only", Cast::Boolean),
    ("services.*.volumes.[].volume.nocopy", Cast::Boolean),
    ("networks.*.external", Cast::Boolean),
    ("networks.*.internal", Cast::Boolean),
    ("networks.*.attachable", Cast::Boolean),
    ("networks.*.enable_ipv4", Cast::Boolean),
    ("networks.*.enable_ipv6", Cast::Boolean),
    ("volumes.*.external", Cast::Boolean),
    ("secrets.*.external", Cast::Boolean),
    ("configs.*.external", Cast::Boolean),
    // What is looked at in the end. Found by leaving one variable out, field by field.
    ("name", Cast::Something),
    ("services.*.attach", Cast::Something),
    ("services.*.blkio_config.weight", Cast::Number),
    ("services.*.build.extra_hosts.[]", Cast::Host),
    ("services.*.build.secrets.[]", Cast::Something),
    ("services.*.build.shm_size", Cast::Size),
    ("services.*.build.ssh.[]", Cast::Something),
    ("services.*.cgroup", Cast::Something),
    ("services.*.configs.[]", Cast::Something),
    ("services.*.configs.[].source", Cast::Something),
    ("services.*.container_name", Cast::Something),
    ("services.*.depends_on.[]", Cast::Something),
    ("services.*.depends_on.*.condition", Cast::Something),
    ("services.*.deploy.resources.limits.cpus", Cast::Number),
    ("services.*.deploy.resources.limits.memory", Cast::Size),
    ("services.*.deploy.resources.limits.pids", Cast::Number),
    ("services.*.deploy.resources.reservations.cpus", Cast::Number),
    ("services.*.deploy.resources.reservations.memory", Cast::Size),
    ("services.*.deploy.restart_policy.delay", Cast::Duration),
    ("services.*.deploy.restart_policy.window", Cast::Duration),
    ("services.*.deploy.rollback_config.delay", Cast::Duration),
    ("services.*.deploy.rollback_config.monitor", Cast::Duration),
    ("services.*.deploy.rollback_config.order", Cast::Something),
    ("services.*.deploy.update_config.delay", Cast::Duration),
    ("services.*.deploy.update_config.monitor", Cast::Duration),
    ("services.*.deploy.update_config.order", Cast::Something),
    ("services.*.develop.watch.[].path", Cast::Something),
    ("services.*.env_file", Cast::Something),
    ("services.*.env_file.[]", Cast::Something),
    ("services.*.extra_hosts.[]", Cast::Host),
    ("services.*.gpus", Cast::Something),
    ("services.*.healthcheck.interval", Cast::Duration),
    ("services.*.healthcheck.start_interval", Cast::Duration),
    ("services.*.healthcheck.start_period", Cast::Duration),
    ("services.*.healthcheck.timeout", Cast::Duration),
    ("services.*.label_file", Cast::Something),
    ("services.*.label_file.[]", Cast::Something),
    ("services.*.links.[]", Cast::Something),
    ("services.*.mem_limit", Cast::Size),
    ("services.*.mem_reservation", Cast::Size),
    ("services.*.mem_swappiness", Cast::Number),
    ("services.*.memswap_limit", Cast::Size),
    ("services.*.models.[]", Cast::Something),
    ("services.*.network_mode", Cast::Mode),
    ("services.*.networks.[]", Cast::Something),
    ("services.*.ports.[]", Cast::Port),
    ("services.*.ports.[].host_ip", Cast::Something),
    ("services.*.pull_policy", Cast::Something),
    ("services.*.secrets.[]", Cast::Something),
    ("services.*.secrets.[].source", Cast::Something),
    ("services.*.shm_size", Cast::Size),
    ("services.*.stop_grace_period", Cast::Duration),
    ("services.*.volumes.[]", Cast::Mount),
    ("services.*.volumes.[].tmpfs.size", Cast::Size),
    ("services.*.volumes.[].type", Cast::Something),
    ("services.*.volumes_from.[]", Cast::Something),
    ("secrets.*.environment", Cast::Something),
];

/// The fields by their third step, which tells most of them apart.
static BY_STEP: LazyLock<HashMap<&str, Vec<(&str, Cast)>>> = LazyLock::new(|| {
    let mut by_step: HashMap<_, Vec<_>> = HashMap::new();
    for (pattern, cast) in FIELDS {
        by_step.entry(pattern.split('.').nth(2).unwrap_or(pattern)).or_default().push((*pattern, *cast));
    }
    by_step
});

/// What the field at a path wants, if it is one of them.
pub(super) fn at(path: &[String]) -> Option<Cast> {
    let step = path.get(2).or(path.first())?;
    BY_STEP.get(step.as_str())?.iter().find(|(pattern, _)| matches(pattern, path)).map(|(_, cast)| *cast)
}

/// Whether a path fits a pattern of steps, `*` standing for any one.
pub(super) fn matches(pattern: &str, path: &[String]) -> bool {
    let mut steps = path.iter();
    pattern.split('.').all(|wanted| steps.next().is_some_and(|step| wanted == "*" || wanted == step))
        && steps.next().is_none()
}
