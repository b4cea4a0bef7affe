namespace Penstock.Central.Kafka;

internal static class KafkaRegistration
{
    /// <summary>Adds the reading of a Kafka cluster when there is one to read. Comes after the writing task, so that it stops before it.</summary>
    public static IServiceCollection AddKafka(this IServiceCollection services, KafkaOptions? options)
    {
        services.AddSingleton(new KafkaStatus(options));
        if (options is null)
            return services;
        return services.AddSingleton(options).AddSingleton<KafkaMetrics>().AddSingleton<StreamOutlet>().AddSingleton<BatchCommitter>().AddHostedService<KafkaIngest>();
    }
}
