// A process of its own for the migration tests: opens the storage named on its command line and does some work in it.
import { openStorage, type StorageConfig } from '../../src/storage/open.ts';

const config = JSON.parse(process.argv[2] ?? '') as StorageConfig;
const name = process.argv[3] ?? '';
const storage = await openStorage(config);
for (let number = 1; number <= 50; number += 1) {
  const repository = { installationId: 1, repositoryId: number, owner: 'acme', name };
  await storage.repositories.see(repository);
  await storage.installations.remove(1);
}
await storage.close();
