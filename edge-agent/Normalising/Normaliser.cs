using Penstock.Contracts;
using Penstock.Protocols;

namespace Penstock.EdgeAgent.Normalising;

/// <summary>
/// Samples of one device to readings: site, names, kind and unit put in, values made fit for a record, report rules applied.
/// No clock and no I/O; used by one task. Every sample is counted once: as good, as not good, or as suppressed.
/// </summary>
internal sealed class Normaliser
{
    private readonly string _device;
    private readonly Dictionary<string, TagRule> _tags;

    public Normaliser(string site, string device, IReadOnlyList<TagDefinition> tags)
    {
        _device = device;
        _tags = tags.ToDictionary(tag => tag.Tag, tag => new TagRule(site, device, tag));
    }

    /// <exception cref="InvalidOperationException">The source yields a tag it has not defined: a fault of the source.</exception>
    public NormalisedBatch Normalise(IReadOnlyList<Sample> samples, ClockState clock)
    {
        var readings = new List<Reading>(samples.Count);
        var clean = new Sample[samples.Count];
        var (good, suppressed, cut) = (0, 0, 0);
        for (var i = 0; i < samples.Count; i++)
        {
            var rule = _tags.GetValueOrDefault(samples[i].Tag)
                ?? throw new InvalidOperationException($"the source of {_device} yields the tag '{samples[i].Tag}', which it has not defined");
            var sample = clean[i] = rule.Clean(samples[i], ref cut);
            if (!rule.Report.Passes(sample.Ts, sample.Value.Number, sample.Text, sample.Q, sample.Why))
            {
                suppressed++;
                continue;
            }

            good += sample.Q == Quality.Good ? 1 : 0;
            readings.Add(rule.ToReading(sample, clock));
        }

        return new NormalisedBatch(readings, clean, good, readings.Count - good, suppressed, cut);
    }

    private sealed class TagRule(string site, string device, TagDefinition tag)
    {
        private readonly Reading _form = new() { Site = site, Device = device, Tag = tag.Tag, Kind = tag.Kind, Unit = tag.Unit, Ts = default };
        private int? _room;

        public ReportFilter Report { get; } = new(tag.Report);

        /// <summary>No NaN, a reason wherever the quality is not good, a text that fits.</summary>
        public Sample Clean(Sample sample, ref int cut)
        {
            var fault = sample.Value.Fault ?? (sample.Value.Number is { } number ? RecordValue.From(number).Fault : null);
            var q = fault is null ? sample.Q : Quality.Bad;
            var text = sample.Text ?? sample.Value.Text;
            if (q == Quality.Good && text is null && fault is null && sample.Why is null)
                return sample;

            var why = q == Quality.Good ? null : Shorten(sample.Q == Quality.Good ? fault : sample.Why ?? fault) ?? "no reason given";
            return Fit(sample with { Value = fault is null ? sample.Value : new RecordValue(null), Text = text, Q = q, Why = why }, ref cut);
        }

        public Reading ToReading(Sample sample, ClockState clock) => _form with
        {
            Ts = sample.Ts,
            Value = sample.Value.Number,
            Text = sample.Text,
            Q = sample.Q,
            Why = sample.Why,
            Clock = clock,
        };

        private Sample Fit(Sample sample, ref int cut)
        {
            if (sample.Text is not { } text)
                return sample;
            _room ??= TextLimit.RoomFor(_form) - TextLimit.MaxReasonBytes;
            var fitting = TextLimit.Cut(text, _room.Value);
            if (fitting.Length == text.Length)
                return sample;
            cut++;
            return sample with
            {
                Text = fitting,
                Q = sample.Q == Quality.Good ? Quality.Uncertain : sample.Q,
                Why = sample.Q == Quality.Good ? $"text cut to {fitting.Length} of {text.Length} characters" : sample.Why,
            };
        }

        private static string? Shorten(string? why) =>
            string.IsNullOrEmpty(why) ? null : TextLimit.Cut(why, TextLimit.MaxReasonBytes);
    }
}

/// <summary>What became of a batch: the readings to send, every sample as it is shown, and the account of them.</summary>
internal sealed record NormalisedBatch(
    IReadOnlyList<Reading> Readings, IReadOnlyList<Sample> Samples, int Good, int NotGood, int Suppressed, int TextsCut);
