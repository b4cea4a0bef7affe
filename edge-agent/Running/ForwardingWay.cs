using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Forwarding.Confirming;
using Penstock.EdgeAgent.Forwarding.Kafka;
using Penstock.EdgeAgent.Outbox;
using Penstock.EdgeAgent.Site;

namespace Penstock.EdgeAgent.Running;

/// <summary>
/// The way to the far end as the site file names it. <paramref name="Confirmed"/> stands between lanes and outbox where the far
/// end's answer is not yet the historian's; null over HTTP.
/// </summary>
internal sealed record ForwardingWay(IPublisher Publisher, ConfirmedOutbox? Confirmed)
{
    private const string ResendVariable = "PENSTOCK_RESEND_AFTER_SECONDS";

    public static ForwardingWay Of(SiteConfig site, DataFolder folder, IOutbox outbox, TimeProvider clock, ILogger log) =>
        site.Forward.Type == ForwardType.Http
            ? new(new HttpPublisher(site.Forward.To, new AccessToken(site.Forward.Token, Secrets.Read), clock), null)
            : Kafka(site, folder, outbox, clock, log);

    private static ForwardingWay Kafka(SiteConfig site, DataFolder folder, IOutbox outbox, TimeProvider clock, ILogger log)
    {
        var options = site.Forward;
        var faults = new KafkaFaults($"kafka {options.Address}", options.Security);
        var publisher = new KafkaPublisher(
            options, faults, events => new LibrdkafkaProducer(KafkaConfig.Producer(options, folder.Agent, Secrets.Read), events, log), clock, log);
        IConfirmations confirmations = options.Confirm == Confirm.Broker
            ? new NoConfirmations()
            : new ConfirmationReader(options, folder.Agent, faults, () => KafkaConfig.Consumer(options, folder.Agent, Secrets.Read), clock, log);
        var heard = new HeardCentre(folder.Path, log);
        var confirmed = new ConfirmedOutbox(
            outbox, confirmations, new DurabilityLevel(options.Confirm, heard.Ever), new ConfirmationBook(), heard, site.Name, ResendAfter(), clock, log);
        return new(publisher, confirmed);
    }

    /// <summary>Tests do not wait a minute.</summary>
    private static TimeSpan ResendAfter() =>
        double.TryParse(Environment.GetEnvironmentVariable(ResendVariable), out var seconds) && seconds is > 0 and < 86_400
            ? TimeSpan.FromSeconds(seconds)
            : ConfirmedOutbox.ResendAfter;
}
