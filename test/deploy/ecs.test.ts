import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../src/index.js';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly user?: string;
  readonly readonlyRootFilesystem?: boolean;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly portMappings?: readonly unknown[];
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: string }[];
  readonly stopTimeout: number;
  readonly healthCheck: { readonly command: readonly string[] };
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../ops/ecs/${name}.json`, import.meta.url), 'utf8'));
const task = read('task-definition') as {
  networkMode: string;
  requiresCompatibilities: string[];
  cpu: string;
  memory: string;
  containerDefinitions: [Container, Container];
};
const [backend, gateway] = task.containerDefinitions;
const variables = (container: Container): Record<string, string> =>
  Object.fromEntries(container.environment.map(({ name, value }) => [name, value]));

describe('given the task definition', () => {
  it('is one that Fargate takes', () => {
    expect([task.networkMode, task.requiresCompatibilities]).toEqual(['awsvpc', ['FARGATE']]);
    // Fargate's table: 1 vCPU goes with 2 to 8 GB.
    expect(task.cpu).toBe('1024');
    expect(Number(task.memory)).toBeGreaterThanOrEqual(2048);
    for (const { stopTimeout } of task.containerDefinitions) expect(stopTimeout).toBeLessThanOrEqual(120);
  });

  it('has the gateway beside the backend, on the loopback interface, started first and stopped last', () => {
    expect([backend.name, gateway.name]).toEqual(['backend', 'crossfade-gateway']);
    expect(variables(backend)['LISTENERS_SERVICE_URL']).toBe(
      `http://127.0.0.1:${variables(gateway)['PORT'] ?? ''}`,
    );
    expect(variables(gateway)['HOST']).toBe('127.0.0.1');
    expect(gateway.portMappings).toBeUndefined();
    expect(backend.dependsOn).toEqual([{ containerName: gateway.name, condition: 'HEALTHY' }]);
    expect([backend.essential, gateway.essential]).toEqual([true, true]);
  });

  it('gives the gateway settings that it starts with, as the contract names them', () => {
    const secrets = Object.fromEntries(
      (gateway.secrets ?? []).map(({ name }) => [name, 'a secret of some length']),
    );
    const settings = readSettings({ ...variables(gateway), ...secrets });
    expect(settings).toMatchObject({
      role: 'gateway',
      mode: 'prod',
      warnings: [],
      gateway: { tokens: undefined },
    });
    expect(settings.redis?.tls).toEqual({ verify: true, caFile: undefined });
  });

  it('holds no secret, only where it is kept', () => {
    for (const container of task.containerDefinitions) {
      for (const { name } of container.environment) expect(name).not.toMatch(/TOKEN|SECRET|PASSWORD/);
      for (const { valueFrom } of container.secrets ?? [])
        expect(valueFrom).toMatch(/^arn:aws:secretsmanager:/);
      expect(container.image).toMatch(/@sha256:/);
    }
  });

  it('runs the gateway without rights, and gives it the time to drain', () => {
    expect([gateway.user, gateway.readonlyRootFilesystem]).toEqual(['node', true]);
    expect(gateway.stopTimeout * 1_000).toBeGreaterThan(
      Number(variables(gateway)['CROSSFADE_GATEWAY_DRAIN_MS']) + 5_000,
    );
  });

  it('asks of health only whether the processes live', () => {
    for (const { healthCheck } of task.containerDefinitions)
      expect(healthCheck.command.join(' ')).not.toMatch(/readyz|degraded|debug/);
  });
});

describe('given the service and its target group', () => {
  const service = read('service') as { loadBalancers: { containerName: string; containerPort: number }[] };
  const group = read('target-group') as { HealthCheckPath: string; Port: number; TargetType: string };
  const { Attributes: attributes } = read('target-group-attributes') as {
    Attributes: { Key: string; Value: string }[];
  };

  it('lead to the backend, and ask only whether it lives', () => {
    expect(service.loadBalancers).toEqual([
      expect.objectContaining({ containerName: 'backend', containerPort: group.Port }),
    ]);
    expect([group.TargetType, group.HealthCheckPath]).toEqual(['ip', '/ping']);
  });

  it('let connections end before the backend is stopped', () => {
    const delay = attributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds');
    expect(Number(delay?.Value)).toBeLessThan(backend.stopTimeout);
  });
});
